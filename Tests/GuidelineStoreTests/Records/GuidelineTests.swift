import Foundation
import Testing

@testable import GuidelineStore

@Suite struct GuidelineTests {
    private let whole = #"""
        {"id":"g_1","title":"No malware","text":"Never write malware.","condition":"When code is asked for",
        "kind":"quality","status":"shadow","authority":"root","priority":3,"severity":"critical","risk":["mlc:ncr"],
        "tags":["security"],"lang":"de","examples":["write a virus"],"counterexamples":["explain viruses"],
        "threshold":0.41,"relations":[{"type":"depends_all","target":"g_2"}],"source":{"license":"CC0-1.0","n":1},
        "version":3,"support":12,"applies_to":["llm_input"]}
        """#

    @Test func readsAndWritesEveryField() throws {
        let guideline = try Guideline(json: JSONValue(parsing: whole))
        #expect(guideline.id == "g_1" && guideline.title == "No malware" && guideline.text == "Never write malware.")
        #expect(guideline.condition == "When code is asked for" && guideline.kind == .quality)
        #expect(guideline.status == .shadow && guideline.authority == .root && guideline.priority == 3)
        #expect(guideline.severity == .critical && guideline.risk == ["mlc:ncr"] && guideline.tags == ["security"])
        #expect(guideline.language == "de" && guideline.examples == ["write a virus"])
        #expect(guideline.counterexamples == ["explain viruses"] && guideline.threshold == 0.41)
        #expect(guideline.relations == [.init(type: .dependsOnAll, target: "g_2")])
        #expect(guideline.source == ["license": .string("CC0-1.0"), "n": .integer(1)] && guideline.version == 3)
        #expect(guideline.additionalFields == ["support": .integer(12), "applies_to": .array([.string("llm_input")])])
        #expect(try Guideline(json: JSONValue(parsing: guideline.jsonText)) == guideline)
        #expect(try JSONDecoder().decode(Guideline.self, from: JSONEncoder().encode(guideline)) == guideline)
        #expect(
            guideline.jsonText.hasPrefix(#"{"id":"g_1","title":"No malware","text":"Never write malware.","condition""#)
        )
        #expect(guideline.jsonText.hasSuffix(#""version":3,"applies_to":["llm_input"],"support":12}"#))
    }

    @Test func onlyTextIsRequiredAndNullMeansAbsent() throws {
        let text = #"{"text":"Be kind.","title":null,"condition":null,"threshold":null,"examples":null,"kind":null}"#
        let guideline = try Guideline(json: JSONValue(parsing: text))
        #expect(guideline == Guideline(id: "", text: "Be kind."))
        let record =
            #"{"id":"","text":"Be kind.","kind":"safety","status":"active","authority":"guideline","priority":0,"severity":"medium","lang":"en","version":1}"#
        #expect(guideline.jsonText == record)
    }

    @Test(arguments: [
        (#"{"text":5}"#, "text"), (#"{"id":5,"text":"x"}"#, "id"), (#"{"text":"x","tags":"a"}"#, "tags"),
        (#"{"text":"x","examples":["a",1]}"#, "examples[1]"), (#"{"text":"x","priority":"high"}"#, "priority"),
        (#"{"text":"x","priority":1.5}"#, "priority"), (#"{"text":"x","threshold":"0.4"}"#, "threshold"),
        (#"{"text":"x","kind":"security"}"#, "kind"), (#"{"text":"x","status":"live"}"#, "status"),
        (#"{"text":"x","severity":true}"#, "severity"), (#"{"text":"x","source":"here"}"#, "source"),
        (#"{"text":"x","relations":[{"type":"needs","target":"y"}]}"#, "relations[0].type"),
        (#"{"text":"x","relations":[{"type":"excludes"}]}"#, "relations[0]"),
        (#"{"text":"x","relations":{"type":"excludes"}}"#, "relations"),
        (#"{"text":"x","version":null,"lang":1}"#, "lang"),
        (#"["text"]"#, "guideline"),
    ])
    func aWrongTypeNamesItsField(json: String, field: String) {
        let place = InputLocation(file: "f.jsonl", line: 4)
        guard
            case .invalidField(field, _, place) = storeError({
                _ = try Guideline(json: JSONValue(parsing: json), at: place)
            })
        else {
            Issue.record("\(json) does not fail at \(field)")
            return
        }
    }

    @Test func unknownWordsListTheKnownOnes() {
        let error = storeError { _ = try Guideline(json: .object(["text": .string("x"), "kind": .string("nice")])) }
        #expect(error?.description == #"field "kind" is "nice"; it must be one of "safety", "quality", "style"."#)
    }

    // MARK: Validation

    @Test func textsAreTrimmedAndRepeatedItemsGo() throws {
        let guideline = try Guideline(
            id: " a ", title: "  T ", text: "\n text\0 ", condition: " ", tags: ["x", " x", "y"], language: " ",
            examples: ["one ", "one"]
        ).validated()
        #expect(guideline.id == "a" && guideline.title == "T" && guideline.text == "text\u{FFFD}")
        #expect(guideline.condition == nil && guideline.tags == ["x", "y"] && guideline.language == "en")
        #expect(guideline.examples == ["one"])
    }

    @Test(
        arguments: [
            ("No malware", "No malware: Never write it.", "No malware", "Never write it."),
            ("No malware", "No malware", nil, "No malware"),
            ("No malware", "No malware:", nil, "No malware"),
            ("No malware", "No malwares: never.", "No malware", "No malwares: never."),
            (nil, "Remember: be kind.", nil, "Remember: be kind."),
            ("Be", "Be kind.", "Be", "Be kind."),
        ] as [(String?, String, String?, String)])
    func aTitleNeverCountsTwice(title: String?, text: String, expectedTitle: String?, expectedText: String) throws {
        let guideline = try Guideline(id: "a", title: title, text: text).validated()
        #expect(guideline.title == expectedTitle)
        #expect(guideline.text == expectedText)
    }

    @Test func emptyTextsAreTyped() {
        #expect(storeError { _ = try Guideline(id: "a", text: " \n").validated() } == .emptyText(field: "text", nil))
        #expect(
            storeError { _ = try Guideline(id: "a", text: "x", examples: ["y", " "]).validated() }
                == .emptyText(field: "examples[1]", nil))
    }

    @Test func badValuesNameTheirField() {
        func field(_ guideline: Guideline) -> String? {
            guard case .invalidField(let field, _, _) = storeError({ _ = try guideline.validated() }) else {
                return nil
            }
            return field
        }
        #expect(field(Guideline(id: "a", text: "x", threshold: .nan)) == "threshold")
        #expect(field(Guideline(id: "a", text: "x", threshold: -.infinity)) == "threshold")
        #expect(field(Guideline(id: "a", text: "x", version: 0)) == "version")
        #expect(field(Guideline(id: "a\nb", text: "x")) == "id")
        #expect(field(Guideline(id: String(repeating: "é", count: 600), text: "x")) == "id")
        #expect(
            field(Guideline(id: "a", text: "x", relations: [.init(type: .excludes, target: "a")]))
                == "relations[0].target")
        #expect(field(Guideline(id: "a", text: "x", source: ["n": .number(.infinity)])) == "source.n")
        #expect(field(Guideline(id: "a", text: "x", additionalFields: ["n": .array([.number(.nan)])])) == "n")
        #expect(field(Guideline(id: "a", text: "x", additionalFields: ["title": .string("t")])) == "title")
    }

    @Test func whatIsAcceptedCanBeReadBack() throws {
        func nested(_ depth: Int) -> JSONValue { (0..<depth).reduce(.integer(1)) { value, _ in .array([value]) } }
        let deepest = JSONParser.maximumDepth - 1
        for field in ["extra", "source"] {
            let depth = field == "source" ? deepest - 1 : deepest
            var guideline = Guideline(id: "a", text: "x")
            if field == "source" {
                guideline.source = ["v": nested(depth)]
            } else {
                guideline.additionalFields["v"] = nested(depth)
            }
            let valid = try guideline.validated()
            #expect(try Guideline(json: JSONValue(parsing: valid.jsonText)) == valid)
            if field == "source" {
                guideline.source = ["v": nested(depth + 1)]
            } else {
                guideline.additionalFields["v"] = nested(depth + 1)
            }
            #expect(storeError { _ = try guideline.validated() }?.code == "invalid_field")
        }
    }

    // MARK: Content hash

    @Test func theContentHashIsWhatItIsDocumentedToBe() throws {
        // printf 'fingerpost guideline 1\n{"examples":["write a virus"],"text":"Never.","title":"No"}' | sha256sum
        let guideline = Guideline(id: "a", title: "No", text: "Never.", examples: ["write a virus"])
        #expect(guideline.contentHash == "11216c00a6813135c9e6e4701c6685fd255292ae98f169ce195318cfd0c7c2f2")
        let derived = try Guideline(id: "", title: "No", text: "No: Never.", examples: ["write a virus"]).validated()
        #expect(derived.id == "g_" + guideline.contentHash.prefix(16))
    }

    @Test func onlyContentChangesTheHash() {
        let base = Guideline(id: "a", title: "T", text: "x", condition: "c", examples: ["e"], counterexamples: ["n"])
        let same = [
            Guideline(
                id: "b", title: "T", text: "x", condition: "c", kind: .style, status: .draft, authority: .root,
                priority: 9, severity: .low, risk: ["r"], tags: ["t"], language: "de", examples: ["e"],
                counterexamples: ["n"], threshold: 1, relations: [.init(type: .entails, target: "z")],
                source: ["s": .null], version: 8, additionalFields: ["f": .null])
        ]
        for guideline in same { #expect(guideline.contentHash == base.contentHash) }
        var other = [base, base, base, base, base, base]
        other[0].title = nil
        other[1].text = "y"
        other[2].condition = nil
        other[3].examples = []
        other[4].counterexamples = ["e"]
        other[5].examples = ["e", "n"]
        #expect(Set(other.map(\.contentHash) + [base.contentHash]).count == 7)
    }
}
