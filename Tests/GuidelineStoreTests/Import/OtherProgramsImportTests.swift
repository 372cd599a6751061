import Testing

@testable import GuidelineStore

/// Parlant, semantic-router, NeMo Guardrails and the Model Spec's Markdown.
@Suite struct OtherProgramsImportTests {
    @Test func parlantGivesConditionsStatusAndRelations() throws {
        let (read, notices) = try ExchangeFixture.parlant.read()
        #expect(
            notices == [
                .recognized(file: "folder/parlant.json", as: .parlant),
                .relationshipsLeftOut(file: "folder/parlant.json", counts: ["disambiguation": 1, "priority": 1]),
            ])
        #expect(
            read == [
                Guideline(
                    id: "calm", title: "Listen first", text: "Listen before you answer",
                    condition: "The guest is upset", priority: 4, severity: .high, tags: ["tone", "hotel"],
                    examples: ["this is outrageous"], counterexamples: ["what a lovely room"],
                    relations: [.init(type: .priority, target: "late")],
                    source: Guideline.source("parlant", "parlant.json:3", record: 1),
                    additionalFields: [
                        "description": .string("Also in writing"), "labels": .array([.string("vip")]),
                        "metadata": .object(["owner": .string("front desk")]), "track": .bool(true),
                    ]),
                Guideline(
                    id: "late", text: "Offer a late check-in", condition: "The guest arrives after midnight",
                    status: .draft, severity: .low,
                    relations: [
                        .init(type: .dependsOnAll, target: "seen"), .init(type: .dependsOnAny, target: "calm"),
                    ], source: Guideline.source("parlant", "parlant.json:4", record: 2)),
                Guideline(
                    id: "seen", text: "The guest mentions a pet", relations: [.init(type: .entails, target: "late")],
                    source: Guideline.source("parlant", "parlant.json:5", record: 3)),
            ])
    }

    @Test func parlantAnswersInSeveralShapes() throws {
        let plain = #"[{"id":"a","condition":"c","action":"x"},{"id":"b","condition":"c","action":"y"}]"#
        #expect(try GuidelineImporter.read(plain, .parlant).map(\.text) == ["x", "y"])
        let one = #"{"id":"a","condition":"c","action":"x","text":"unknown to it"}"#
        let read = try GuidelineImporter.read(one, .parlant)
        #expect(read.map(\.text) == ["x"] && read[0].additionalFields["parlant.text"] == .string("unknown to it"))
        let wrapped = """
            [{"guideline":{"id":"a","condition":"c","action":"x"},
              "relationships":[{"kind":"entailment","source":"a","target":"z"}]},
             {"guideline":{"id":"z","condition":"c","action":"y"},"relationships":[]}]
            """
        let (guidelines, notices) = try ExchangeFixture.parlant.read(Array(wrapped.utf8), asked: nil)
        #expect(guidelines[0].relations == [.init(type: .entails, target: "z")])
        #expect(notices == [.recognized(file: "folder/parlant.json", as: .parlant)])
    }

    @Test func aRelationshipThatCannotBeUsedIsAFaultLikeAnother() throws {
        let text = """
            {"guidelines":[{"id":"a","condition":"c","action":"x"},{"id":"b","condition":"c","action":"y"}],
             "relationships":[{"kind":7},{"kind":"priority","source":"a","target":"b"}]}
            """
        let error = storeError { _ = try GuidelineImporter.read(text, .parlant) }
        #expect(error?.code == "invalid_field" && error?.description.contains("relationships[0].kind") == true)
        var importer = GuidelineImporter()
        var read: [Guideline] = []
        var faults: [GuidelineStoreError] = []
        try importer.forEach(
            in: .bytes(Array(text.utf8), name: "input"), format: .parlant, fault: { faults.append($0) }
        ) { guideline, _ in read.append(guideline) }
        #expect(faults == [error] && read.map(\.id) == ["a", "b"])
        #expect(read[0].relations == [.init(type: .priority, target: "b")])
    }

    @Test(arguments: [ImportFormat?.none, .semanticRouter])
    func routesGiveExamplesAndThresholds(asked: ImportFormat?) throws {
        let (read, notices) = try ExchangeFixture.routes.read(asked: asked)
        #expect(notices == (asked == nil ? [.recognized(file: "folder/routes.json", as: .semanticRouter)] : []))
        #expect(
            read == [
                Guideline(
                    id: "weather", text: "weather", examples: ["will it rain", "is it cold out"], threshold: 0.35,
                    source: Guideline.source("semantic-router", "routes.json:5", record: 1)),
                Guideline(
                    id: "medicine", text: "Leave doses to a pharmacist.", examples: ["how many pills"],
                    source: Guideline.source("semantic-router", "routes.json:6", record: 2),
                    additionalFields: [
                        "metadata": .object(["team": .string("health")]), "llm": .object(["class": .string("Local")]),
                    ]),
            ])
    }

    @Test func routesInYAMLKeepTextAsItIsWritten() throws {
        let (read, _) = try ExchangeFixture.routesYAML.read()
        #expect(read[0].examples == ["will it rain", "no", "7"] && read[0].threshold == 0.35)
        #expect(read[1].text == "Leave doses to a pharmacist.")
        #expect(read[1].source == Guideline.source("semantic-router", "routes.yaml:9", record: 2))
    }

    @Test func policiesAreDescriptions() throws {
        let (read, notices) = try ExchangeFixture.policies.read()
        #expect(notices == [.recognized(file: "folder/policies.yaml", as: .nemoPolicies)])
        #expect(
            read == [
                Guideline(
                    id: "no-advice", text: "The bot gives no advice on investments.",
                    source: Guideline.source("nemo-policies", "policies.yaml:3", record: 1),
                    additionalFields: ["weight": .integer(60), "apply_to_all": .bool(false)]),
                Guideline(
                    id: "7", text: "The bot says that it is one.",
                    source: Guideline.source("nemo-policies", "policies.yaml:9", record: 2)),
            ])
        let json = #"{"models":[],"policies":[{"id":"a","description":"b"}]}"#
        #expect(try GuidelineImporter.read(json, .nemoPolicies).map(\.text) == ["b"])
    }

    @Test func theModelSpecsMarkdownIsRead() throws {
        let read = try ExchangeFixture.spec.read().guidelines
        #expect(read.map(\.id) == ["house", "doors", "back_door", "stairs"])
        #expect(read.map(\.title) == ["House rules", "Doors", "Back door", "Stairs"])
        #expect(read.map(\.authority) == [.guideline, .root, .developer, .user])
        #expect(read[1].tags == ["access", "safety"])
        #expect(read[0].text == "What a helper in this house does.[^why]")
        #expect(
            read[1].text
                == "Doors stay shut at night.[^night]\n\n!!! meta \"Commentary\"\n    Windows are another matter.")
        #expect(
            read[2].text == """
                **Example**: someone knocks

                ~~~xml
                <user>
                # Let me in
                </user>
                <assistant> <!-- GOOD -->
                Who is it?
                </assistant>
                ~~~
                """)
        #expect(
            read[3].source["path"] == .array(["House rules", "Doors", "Cellar"].map(JSONValue.string))
                || read[3].source["path"]
                    == .array(["House rules", "Cellar"].map(JSONValue.string))
        )
        // A footnote stands where it is written.
        #expect(read[3].text.hasPrefix("Hold the rail.\n\n[^why]: So that"))
    }

    @Test(
        arguments: [
            (ImportFormat.parlant, #"[{"id":"a","action":"x"},{"id":"b"}]"#, "invalid_field", "condition", 1),
            (
                .parlant, "[{\"id\":\"a\",\"action\":\"x\"},\n{\"id\":\"b\",\"action\":\"y\",\"enabled\":\"yes\"}]",
                "invalid_field", "enabled", 2
            ),
            (
                .parlant, "[{\"id\":\"a\",\"action\":\"x\"},\n{\"action\":\"y\",\"criticality\":\"dire\"}]",
                "invalid_field", "criticality", 2
            ),
            (
                .parlant, "[{\"id\":\"a\",\"action\":\"x\"},\n{\"action\":\"y\",\"tags\":[{}]}]", "invalid_field",
                "tags[0].id", 2
            ),
            (
                .parlant,
                "[{\"id\":\"a\",\"action\":\"x\"},\n{\"action\":\"y\",\"metadata\":{\"fingerpost\":{\"kind\":1}}}]",
                "invalid_field", "metadata.fingerpost.kind", 2
            ),
            (.semanticRouter, "[{\"name\":\"a\"},\n{\"utterances\":[]}]", "invalid_field", "name", 2),
            (
                .semanticRouter, "[{\"name\":\"a\"},\n{\"name\":\"b\",\"utterances\":[1]}]", "invalid_field",
                "utterances[0]", 2
            ),
            (
                .semanticRouter, "[{\"name\":\"a\"},\n{\"name\":\"b\",\"score_threshold\":\"x\"}]", "invalid_field",
                "score_threshold", 2
            ),
            (.nemoPolicies, "policies:\n  - id: a\n", "invalid_field", "description", 2),
            (.nemoPolicies, "policies:\n  - {id: a, description: x}\n  - description: y\n", "invalid_field", "id", 3),
        ] as [(ImportFormat, String, String, String, Int)])
    func faultsNameTheirLine(format: ImportFormat, text: String, code: String, field: String, line: Int) {
        let error = storeError { _ = try GuidelineImporter.read(text, format) }
        #expect(error?.code == code && error?.location?.line == line, "\(String(describing: error))")
        #expect(error?.description.contains("\"\(field)\"") == true, "\(String(describing: error))")
    }

    @Test(
        arguments: [
            (ImportFormat.semanticRouter, "{\"routes\":7}"), (.nemoPolicies, "policies: x\n"),
            (.parlant, "{\"guidelines\":{}}"),
        ])
    func listsMustBeLists(format: ImportFormat, text: String) {
        #expect(storeError { _ = try GuidelineImporter.read(text, format) }?.code == "syntax")
    }
}
