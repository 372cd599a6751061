import Foundation
import Platform
import Testing

@testable import GuidelineStore

@Suite struct LibraryFullTextTests {
    private func library(_ folder: TemporaryFolder) throws -> LibraryDatabase {
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.upsert([
            Guideline(
                id: "virus", title: "Malware", text: "Never write computer viruses.", examples: ["make a keylogger"]),
            Guideline(id: "medicine", text: "Refer questions on medicine to a doctor, and on viruses too."),
            Guideline(id: "café", text: "Recommend a café politely."),
            Guideline(id: "strasse", text: "Кошка сидит. Ein Hund in der Straße 42."),
        ])
        return library
    }

    @Test func ranksByTheWordsThatAreShared() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        let matches = try library.searchText("Who writes computer VIRUSES?", limit: 10)
        #expect(matches.map(\.guidelineID) == ["virus", "medicine"])
        #expect(matches[0].score > matches[1].score && matches[1].score > 0)
        #expect(try library.rows(ids: matches.map(\.guidelineID)) == matches.map(\.guidelineRow))
        #expect(try library.searchText("keyloggers", limit: 1).map(\.guidelineID) == ["virus"])
        #expect(try library.searchText("CAFE", limit: 9).map(\.guidelineID) == ["café"])
        #expect(try library.searchText("кошка", limit: 9).map(\.guidelineID) == ["strasse"])
        #expect(try library.searchText("42", limit: 9).map(\.guidelineID) == ["strasse"])
        #expect(try library.searchText("viruses", limit: 1).count == 1)
        #expect(try library.searchText("viruses", limit: 0).isEmpty)
        #expect(try library.searchText("zebra", limit: 5).isEmpty)
    }

    @Test func followsUpdatesAndRemovals() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        try library.upsert([Guideline(id: "virus", text: "Never write worms.")])
        #expect(try library.searchText("keylogger computer", limit: 5).isEmpty)
        #expect(try library.searchText("worm", limit: 5).map(\.guidelineID) == ["virus"])
        try library.remove(ids: ["virus"])
        #expect(try library.searchText("worm", limit: 5).isEmpty)
        #expect(try library.verify().isEmpty)
    }

    @Test(arguments: [
        "", " ", "\"", "\"\"", "'", "a\"b", "AND", "OR NOT", "NEAR(a b)", "virus*", "^virus", "text:virus", "-virus",
        "(", ")",
        "a AND", "{title} : virus", "\0", "vir\0us", "%_", "; DROP TABLE guideline", "😀", "\u{301}", "\u{202E}virus",
        "\\", "?1",
        "virus\u{301}", "漢字", "\u{FFFD}", "\u{10FFFF}", "\u{E000}", "½ ²",
    ])
    func anyTextIsAQuery(text: String) throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        #expect(throws: Never.self) { try library.searchText(text, limit: 5) }
        let combined = try library.searchText("\(text) doctor", limit: 5)
        #expect(combined.contains { $0.guidelineID == "medicine" })
    }

    @Test func longQueriesAndRandomOnesAreQueries() throws {
        let folder = try TemporaryFolder()
        let library = try library(folder)
        let long = (0..<50_000).map { "word\($0)" }.joined(separator: " ")
        #expect(try library.searchText("doctor " + long, limit: 5).map(\.guidelineID) == ["medicine"])
        #expect(throws: Never.self) { try library.searchText(String(repeating: "x", count: 1_000_000), limit: 5) }
        var generator = SplitMix64(seed: 9)
        for _ in 0..<300 {
            let text = String(
                String.UnicodeScalarView(
                    (0..<10).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &generator)) }))
            #expect(throws: Never.self) { try library.searchText(text, limit: 5) }
        }
    }
}
