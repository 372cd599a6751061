import Foundation
import Testing

@testable import GuidelineStore

@Suite struct TableImportTests {
    @Test func readsEveryField() throws {
        let text = """
            ID, Title,text,condition,kind,status,authority,priority,severity,risk,tags,lang,examples,counterexamples,threshold,relations,source,source.license,version,My Note\r
            a,T,"Say ""no"", and\r
            mean it.",,style,draft,user,-2,low,mlc:vcr; x:style,"one;two",de,"[""a;b"",""c""]",,0.5,excludes:b;priority:c,Handbook,CC0,4,kept\r

            """
        let expected = Guideline(
            id: "a", title: "T", text: "Say \"no\", and\r\nmean it.", kind: .style, status: .draft, authority: .user,
            priority: -2, severity: .low, risk: ["mlc:vcr", "x:style"], tags: ["one", "two"], language: "de",
            examples: ["a;b", "c"], threshold: 0.5,
            relations: [.init(type: .excludes, target: "b"), .init(type: .priority, target: "c")],
            source: ["ref": .string("Handbook"), "license": .string("CC0")], version: 4,
            additionalFields: ["my_note": .string("kept")])
        #expect(try GuidelineImporter.read(text, .csv) == [expected])
        let columns = "id\ttext\ttags\nx\tA \"quoted\" word, and a comma\ta;b\n"
        #expect(
            try GuidelineImporter.read(columns, .tsv) == [
                Guideline(id: "x", text: "A \"quoted\" word, and a comma", tags: ["a", "b"])
            ])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func takesAnyLineBreakAndALastLineWithout(lineBreak: String) throws {
        let text = ["id,text", "a,one", "", "b,\"two\(lineBreak)lines\"", "c,three"].joined(separator: lineBreak)
        let read = try GuidelineImporter.read(text, .csv)
        #expect(read.map(\.id) == ["a", "b", "c"])
        #expect(read[1].text == "two\(lineBreak)lines")
    }

    @Test func takesAnotherDelimiter() throws {
        var options = ImportOptions()
        options.delimiter = UInt8(ascii: ";")
        #expect(try GuidelineImporter.read("id;text\na;one, two\n", .csv, options: options)[0].text == "one, two")
        #expect(
            storeError { _ = try GuidelineImporter.read("id;text\na;one\n", .csv) }?.description.contains("\"id;text\"")
                == true)
    }

    @Test(arguments: [
        ("id,text\na,one\nb,two,three\n", "syntax", 3), ("id,text\na\n", "syntax", 2), ("id,name\na,b\n", "syntax", 1),
        ("text,text\na,b\n", "syntax", 1), ("text,\na,b\n", "syntax", 1),
        ("text\n\"never\nclosed\n\nx", "truncated", 2),
        ("text\n\"a\nb\" c\n", "syntax", 3), ("id,text\na,x\nb,y\na,z\n", "duplicate_id", 4),
        ("text,kind\nx,nice\n", "invalid_field", 2), ("text,priority\nx,high\n", "invalid_field", 2),
        ("text,threshold\n\"a\nb\",0.5\nx,y\n", "invalid_field", 4), ("id,text\na,\"\"\n", "invalid_field", 2),
        ("text,version\nx,0\n", "invalid_field", 2), ("text,relations\nx,b\n", "invalid_field", 2),
        ("text,threshold\nx,nan\n", "invalid_field", 2),
    ])
    func faultsNameTheirLine(text: String, code: String, line: Int) {
        let error = storeError { _ = try GuidelineImporter.read(text, .csv) }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(error?.location?.line == line, "\(String(describing: error))")
    }
}
