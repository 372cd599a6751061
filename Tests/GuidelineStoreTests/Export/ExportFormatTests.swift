import Testing

@testable import GuidelineStore

/// What each format looks like.
@Suite struct ExportFormatTests {
    private static let guidelines = [
        Guideline(
            id: "locks", title: "Decline to pick locks", text: "Point to a locksmith.", condition: "A lock is closed",
            severity: .high, risk: ["mlc:ncr"], tags: ["doors"], examples: ["open this", "=1+1"],
            counterexamples: ["my own lock"], threshold: 0.5, relations: [.init(type: .entails, target: "kind")],
            additionalFields: ["support": .integer(3), "weight": .integer(20)]),
        Guideline(id: "kind", text: "# Be kind", status: .shadow),
    ]

    private func text(_ format: ExportFormat) -> String {
        String(decoding: ExportRoundTripTests.export(Self.guidelines, format).bytes, as: UTF8.self)
    }

    @Test func tables() {
        let columns =
            "id,title,text,condition,kind,status,authority,priority,severity,risk,tags,lang,examples,counterexamples,"
            + "threshold,relations,source,version,additional_fields"
        #expect(
            text(.csv) == """
                \(columns)
                locks,Decline to pick locks,Point to a locksmith.,A lock is closed,safety,active,guideline,0,high,mlc:ncr,doors,en,open this; =1+1,my own lock,0.5,"[{""target"":""kind"",""type"":""entails""}]",,1,"{""support"":3,""weight"":20}"
                kind,,# Be kind,,safety,shadow,guideline,0,medium,,,en,,,,,,1,

                """)
        #expect(text(.tsv).hasPrefix(columns.replacing(",", with: "\t") + "\nlocks\tDecline"))
        #expect(
            text(.dprTSV) == "id\ttext\ttitle\nlocks\tPoint to a locksmith.\tDecline to pick locks\nkind\t# Be kind\t\n"
        )
    }

    @Test func markdown() {
        #expect(
            text(.markdown) == """
                ## Decline to pick locks {#locks severity=high risk=mlc:ncr tags=doors}

                <!-- fingerpost {"condition":"A lock is closed","examples":["open this","=1+1"],"counterexamples":["my own lock"],"threshold":0.5,"relations":[{"target":"kind","type":"entails"}],"support":3,"weight":20} -->

                Point to a locksmith.

                ## Guideline {#kind status=shadow}

                <!-- fingerpost {"text":"# Be kind"} -->

                > # Be kind

                """)
    }

    @Test func otherPrograms() {
        #expect(
            text(.nemoPolicies) == """
                policies:
                  - id: "locks"
                    description: "Point to a locksmith."
                    weight: 20
                  - id: "kind"
                    description: "# Be kind"

                """)
        #expect(
            text(.semanticRouterYAML) == """
                routes:
                  - name: "locks"
                    utterances: ["open this", "=1+1"]
                    description: "Point to a locksmith."
                    score_threshold: 0.5
                    metadata: {"fingerpost": {"condition": "A lock is closed", "counterexamples": ["my own lock"], "relations": [{"target": "kind", "type": "entails"}], "risk": ["mlc:ncr"], "severity": "high", "support": 3, "tags": ["doors"], "title": "Decline to pick locks", "weight": 20}}
                  - name: "kind"
                    utterances: []
                    description: "# Be kind"
                    score_threshold: null
                    metadata: {"fingerpost": {"status": "shadow"}}

                """)
        #expect(
            text(.parlant) == """
                [
                {"id":"locks","condition":"A lock is closed","action":"Point to a locksmith.","title":"Decline to pick locks","enabled":true,"tags":["doors"],"criticality":"high","priority":0,"signals":["open this","=1+1"],"anti_signals":["my own lock"],"relationships":[{"kind":"entailment","source":"locks","target":"kind"}],"metadata":{"fingerpost":{"risk":["mlc:ncr"],"support":3,"threshold":0.5,"weight":20}}},
                {"id":"kind","condition":"","action":"# Be kind","enabled":false,"tags":[],"criticality":"medium","priority":0,"signals":[],"anti_signals":[],"metadata":{"fingerpost":{"status":"shadow"}}}
                ]

                """)
        #expect(
            text(.dprTraining) == """
                [
                {"id":"locks/1","question":"open this","answers":[],"positive_ctxs":[{"passage_id":"locks","text":"Point to a locksmith.","title":"Decline to pick locks"}],"negative_ctxs":[],"hard_negative_ctxs":[]},
                {"id":"locks/2","question":"=1+1","answers":[],"positive_ctxs":[{"passage_id":"locks","text":"Point to a locksmith.","title":"Decline to pick locks"}],"negative_ctxs":[],"hard_negative_ctxs":[]}
                ]

                """)
    }
}
