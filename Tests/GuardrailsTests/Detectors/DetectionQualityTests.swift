import Testing

@testable import Guardrails

@Suite("How well detectors detect")
struct DetectionQualityTests {
    @Test("There are five hundred texts with something in them and fifteen hundred that look like it")
    func cases() {
        let positives = DetectionCase.all.count { !$0.findings.isEmpty }
        #expect(positives >= 500)
        #expect(DetectionCase.all.count - positives >= 1_500)
        #expect(Set(DetectionCase.all.map(\.text)).count > 2_000)
    }

    @Test("On texts that nothing was tuned by, nearly everything is found and nearly nothing else")
    func figures() throws {
        let report = DetectionCase.all.filter { !$0.isForTuning }
        let figures = DetectionCase.figures(of: report)
        let kinds = PersonalDataKind.standard.map(\.rawValue) + SecretKind.allCases.map(\.rawValue)
        for kind in kinds {
            let figure = try #require(figures[kind], "\(kind): no case")
            #expect(figure.positives >= 5, "\(kind)")
            #expect(figure.recall >= 0.95, "\(kind): \(figure.found) of \(figure.positives)")
            #expect(figure.precision >= 0.95, "\(kind): \(figure.wrong) wrong beside \(figure.found)")
        }
        let negatives = report.filter(\.findings.isEmpty)
        let alarms = negatives.count { !$0.found.isEmpty }
        #expect(Double(alarms) <= 0.01 * Double(negatives.count), "\(alarms) of \(negatives.count)")
    }
}
