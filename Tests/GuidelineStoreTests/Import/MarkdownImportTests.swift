import Testing

@testable import GuidelineStore

@Suite struct MarkdownImportTests {
    @Test func eachHeadingWithItsTextIsAGuideline() throws {
        let text = """
            Text above the first heading is no guideline.

            # House rules

            ## Safety {#safety}

            Intro.

            ### No malware {#g_1 severity=critical risk="mlc:ncr, x:code" .code tags=a,b owner="the team" threshold=0.4}
            Never write malware.

            Not even a little.

            ### Kind ##
            Be kind.
            ## Style
            ### Speak plainly
            ### Use {braces} freely
            Yes.
            """
        let read = try GuidelineImporter.read(text, .markdown)
        let path = { (items: String...) in ["path": JSONValue.array(items.map(JSONValue.string))] }
        try #expect(
            read == [
                Guideline(id: "safety", title: "Safety", text: "Intro.", source: path("House rules")),
                Guideline(
                    id: "g_1", title: "No malware", text: "Never write malware.\n\nNot even a little.",
                    severity: .critical,
                    risk: ["mlc:ncr", "x:code"], tags: ["code", "a", "b"], threshold: 0.4,
                    source: path("House rules", "Safety"), additionalFields: ["owner": .string("the team")]),
                Guideline(id: "", title: "Kind", text: "Be kind.", source: path("House rules", "Safety")).validated(),
                Guideline(id: "", text: "Speak plainly", source: path("House rules", "Style")).validated(),
                Guideline(id: "", title: "Use {braces} freely", text: "Yes.", source: path("House rules", "Style"))
                    .validated(),
            ])
    }

    @Test func codeAndCommentsHoldNoHeadings() throws {
        let text = """
            # One
            ```sh
            # not a heading
            ~~~
            ````
            # Two
            ~~~~
            # nor this
            ~~~
            ~~~~~
            <!-- a comment
            # nor this
            -->
            text <!-- inline -->
                # indented code
            #nor this
            ####### nor this
            """
        let read = try GuidelineImporter.read(text, .markdown)
        #expect(read.map(\.title) == ["One", "Two"])
        #expect(read[0].text == "```sh\n# not a heading\n~~~\n````")
        #expect(
            read[1].text
                == "~~~~\n# nor this\n~~~\n~~~~~\ntext <!-- inline -->\n    # indented code\n#nor this\n####### nor this"
        )
    }

    @Test func underlinedHeadingsCount() throws {
        let text =
            "Rules\n=====\nIntro\n\nBe kind\n-------\nAlways.\n\n---\n\n- a list\n---\nof lines\n\ntwo\nlines\n---\nend\n"
        let read = try GuidelineImporter.read(text, .markdown)
        #expect(read.map(\.title) == ["Rules", "Be kind"])
        #expect(read[0].text == "Intro")
        #expect(read[1].text == "Always.\n\n---\n\n- a list\n---\nof lines\n\ntwo\nlines\n---\nend")
        #expect(read[1].source == ["path": .array([.string("Rules")])])
    }

    @Test func frontMatterGivesDefaults() throws {
        let text = """
            ---
            title: The handbook
            kind: style
            lang: de
            tags: [house]
            source: {license: CC0-1.0}
            ---
            # A
            ## B {kind=quality tags=own}
            Text.
            ## C
            Text too.
            """
        let read = try GuidelineImporter.read(text, .markdown)
        #expect(read.map(\.kind) == [.quality, .style])
        #expect(read.map(\.tags) == [["own"], ["house"]])
        #expect(read.map(\.language) == ["de", "de"])
        #expect(read[0].source == ["license": .string("CC0-1.0"), "path": .array([.string("A")])])
        #expect(read[1].title == "C")
    }

    @Test(arguments: [
        ("# A {#a}\nx\n\n# B {#a}\ny\n", "duplicate_id", 4), ("# A\n```\nx\n# B\n", "truncated", 2),
        ("# A\nx\n<!-- open\n# B\n", "truncated", 3), ("x\n# A {#a kind}\ny\n", "syntax", 2),
        ("# A {#a kind=\"x}\ny\n", "syntax", 1), ("# A {kind=nice}\ny\n", "invalid_field", 1),
        ("# A {#a id=b}\nx\n", "syntax", 1), ("---\nkind: [\n---\n# A\nx\n", "syntax", 3),
        ("---\nkind: style\n# A\nx\n", "truncated", 1),
        ("\n# A {threshold=high}\nx\n", "invalid_field", 2), ("# A\nx\n# B {version=0}\ny", "invalid_field", 3),
    ])
    func faultsNameTheirLine(text: String, code: String, line: Int) {
        let error = storeError { _ = try GuidelineImporter.read(text, .markdown) }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(error?.location?.line == line, "\(String(describing: error))")
    }
}
