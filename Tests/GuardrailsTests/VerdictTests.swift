import Guardrails
import Testing

@Suite struct VerdictTests {
    @Test func stricterVerdictsAreGreater() {
        #expect(Verdict.allCases == Verdict.allCases.sorted())
        #expect([Verdict.warn, .deny, .allow].max() == .deny)
    }

    @Test func whatStopsOrChangesATextIsAnIntervention() {
        #expect(Verdict.allCases.filter(\.isIntervention) == [.modify, .ask, .deny])
    }
}
