import Testing

@testable import GuidelineStore

@Suite("Risk codes")
struct RiskTaxonomyTests {
    @Test("Lists have the numbers of codes that their sources have")
    func lists() {
        let counts = [
            "lg2": 11, "lg3": 14, "lg4": 14, "oai": 13, "owasp": 10, "nist": 12, "ga": 14, "mlc": 17, "air": 61,
        ]
        for (namespace, count) in counts {
            #expect(RiskTaxonomy.codes(in: namespace).count == count, "\(namespace)")
        }
        #expect(RiskTaxonomy.codes(in: "none").isEmpty)
        for namespace in RiskTaxonomy.namespaces {
            let codes = RiskTaxonomy.codes(in: namespace)
            #expect(Set(codes).count == codes.count && codes.allSatisfy(RiskTaxonomy.known))
            #expect(codes.allSatisfy { RiskTaxonomy.name(of: $0)?.isEmpty == false }, "\(namespace)")
        }
    }

    @Test("S5 is advice in Llama Guard 2 and defamation in Llama Guard 3")
    func numbers() {
        #expect(RiskTaxonomy.name(of: "lg2:S5") == "Specialized advice")
        #expect(RiskTaxonomy.name(of: "lg3:S5") == "Defamation")
        #expect(RiskTaxonomy.crosswalk(from: "lg2:S6", to: "lg3") == ["lg3:S7"])
    }

    @Test("Every code of the crosswalk is in a list; the way back leads to where it came from")
    func crosswalk() {
        for code in RiskTaxonomy.crosswalkCodes {
            #expect(RiskTaxonomy.known(code), "\(code)")
            for namespace in RiskTaxonomy.namespaces {
                for other in RiskTaxonomy.crosswalk(from: code, to: namespace) {
                    let back = RiskTaxonomy.crosswalk(from: other, to: String(code.prefix { $0 != ":" }))
                    #expect(back.contains(code), "\(code) \(other)")
                }
            }
        }
        #expect(RiskTaxonomy.crosswalk(from: "oai:illicit/violent", to: "mlc") == ["mlc:iwp", "mlc:vcr"])
        #expect(RiskTaxonomy.crosswalk(from: "mlc:cse", to: "air") == ["air:6.22"])
        #expect(RiskTaxonomy.crosswalk(from: "mlc:vcr", to: "mlc") == ["mlc:vcr"])
        #expect(RiskTaxonomy.crosswalk(from: "lg3:S14", to: "mlc").isEmpty)
        #expect(RiskTaxonomy.crosswalk(from: "no:code", to: "mlc").isEmpty)
        // Every hazard of AILuminate has its place in Llama Guard 3.
        for code in RiskTaxonomy.codes(in: "mlc") {
            #expect(!RiskTaxonomy.crosswalk(from: code, to: "lg3").isEmpty, "\(code)")
        }
    }

    @Test("What is known of a code, and what may be meant")
    func standing() {
        #expect(RiskTaxonomy.standing(of: "mlc:vcr") == .known)
        #expect(RiskTaxonomy.standing(of: "x:payroll") == .own)
        #expect(RiskTaxonomy.standing(of: "x:harrassment") == .unknown(suggestion: "x:harassment"))
        #expect(RiskTaxonomy.standing(of: "x:Not Fit") == .unknown(suggestion: nil))
        #expect(RiskTaxonomy.standing(of: "mlc:vcx") == .unknown(suggestion: "mlc:vcr"))
        #expect(RiskTaxonomy.standing(of: "MLC:vcr") == .foreign(suggestion: "mlc:vcr"))
        #expect(RiskTaxonomy.standing(of: "hte") == .foreign(suggestion: "mlc:hte"))
        #expect(RiskTaxonomy.standing(of: "") == .foreign(suggestion: nil))
        #expect(RiskTaxonomy.standing(of: ":") == .foreign(suggestion: nil))
        #expect(RiskTaxonomy.standing(of: "acme:something/else") == .foreign(suggestion: nil))
    }
}
