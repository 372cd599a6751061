import Foundation
import GuidelineStore
import Platform

/// The list of what a run could not use, beside its output: one line for each, with the reason and what came.
struct AsideFile {
    let path: String
    private(set) var count = 0
    private var text = ""

    init(output: String) { path = output + ".failures.jsonl" }

    mutating func append(_ row: JSONValue) {
        count += 1
        text += row.jsonText + "\n"
    }

    /// Writes the list; where there is nothing to list, takes away that of an earlier run.
    func write() throws {
        guard count > 0 else {
            if FileManager.default.fileExists(atPath: path) { try? FileManager.default.removeItem(atPath: path) }
            return
        }
        try AtomicFile.write(to: path) { try $0.write(text) }
    }
}
