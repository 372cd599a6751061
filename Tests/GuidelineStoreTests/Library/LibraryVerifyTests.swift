import Foundation
import GRDB
import Testing

@testable import GuidelineStore

@Suite struct LibraryVerifyTests {
    @Test(arguments: [
        ("UPDATE guideline SET severity = 'low' WHERE row = 1", LibraryProblem.Kind.record),
        ("UPDATE guideline SET record = '{' WHERE row = 1", .record),
        ("UPDATE guideline SET record = replace(record, 'malware', 'software') WHERE row = 1", .record),
        ("UPDATE passage SET text = 'other' WHERE id = 1", .passage),
        ("UPDATE passage SET ordinal = 5 WHERE id = 3", .passage), ("DELETE FROM passage WHERE id = 2", .passage),
        ("UPDATE vector SET data = x'00000000' WHERE passage = 1", .vector),
        ("UPDATE vector SET data = x'0000803F0000803F0000803F0000003F' WHERE passage = 1", .vector),
        ("UPDATE vector SET crc32c = 1 WHERE passage = 2", .vector), ("DELETE FROM vector WHERE passage = 2", .vector),
        ("UPDATE passage SET is_encoded = 0 WHERE id = 2", .vector),
        ("PRAGMA foreign_keys = OFF; INSERT INTO vector VALUES (99, x'00', 0)", .reference),
        ("DELETE FROM meta WHERE key = 'encoder'", .vector),
        ("PRAGMA foreign_keys = OFF; UPDATE passage SET guideline = 77 WHERE id = 1", .reference),
        ("PRAGMA foreign_keys = OFF; INSERT INTO guideline_tag VALUES ('t', 88)", .reference),
        (
            "INSERT INTO guideline_text (guideline_text, rowid, title, text, examples) VALUES ('delete', 1, 'No malware', 'Never write malware.', 'write a virus')",
            .fullText
        ),
        ("DROP TRIGGER guideline_text_update; UPDATE guideline SET examples = 'x' WHERE row = 1", .fullText),
    ])
    func everyKindOfDamageIsFound(sql: String, kind: LibraryProblem.Kind) throws {
        let folder = try TemporaryFolder()
        let library = try LibraryDatabase.create(at: folder.file("library"))
        try library.upsert([
            Guideline(id: "a", title: "No malware", text: "Never write malware.", examples: ["write a virus"]),
            Guideline(id: "b", text: "Be kind."),
        ])
        try library.setEncoder(testEncoder)
        try library.storeVectors(passageIDs: [1, 2], values: Array(repeating: 1, count: 8), encodedBy: testEncoder)
        #expect(try library.verify().isEmpty)
        try library.pool.writeWithoutTransaction { try $0.execute(sql: sql) }
        let problems = try library.verify()
        // Full text that disagrees with a column also shows as a column that disagrees with its record.
        #expect(problems.contains { $0.kind == kind || kind == .fullText && $0.kind == .record }, "\(problems)")
        let reader = try LibraryDatabase.open(at: library.folder, mode: .readOnly)
        #expect(try !reader.verify().isEmpty)
    }
}
