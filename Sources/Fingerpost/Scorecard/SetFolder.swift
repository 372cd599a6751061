import Foundation
import GuidelineStore

/// A folder of files that may be a set, and what their names say of them.
struct SetFolder {
    /// A file by its name without its endings.
    struct File {
        var stem: String
        var path: String
    }

    let path: String
    /// JSON Lines files other than ``corpus``, in the order of their names.
    private(set) var files: [File] = []
    /// The documents: `corpus.jsonl`, or else `guidelines.jsonl`.
    private(set) var corpus: File?
    /// The files of BEIR's `qrels` folder; empty unless there is a `queries.jsonl` too.
    private(set) var judgements: [File] = []

    /// - Throws: ``GuidelineStoreError`` where it is no folder, or cannot be read.
    init(_ path: String) throws(GuidelineStoreError) {
        self.path = path
        files = try Self.files(in: path, ending: ".jsonl")
        for name in ["corpus", "guidelines"] where corpus == nil {
            guard let place = files.firstIndex(where: { $0.stem == name }) else { continue }
            corpus = files.remove(at: place)
        }
        let folder = "\(path)/qrels"
        if queries != nil, Self.isFolder(folder) { judgements = try Self.files(in: folder, ending: ".tsv") }
    }

    /// The name of the folder itself.
    var name: String { URL(fileURLWithPath: path).lastPathComponent }

    /// BEIR's file of queries.
    var queries: File? { files.first { $0.stem == "queries" } }

    /// The folders in a folder, in the order of their names, without hidden ones.
    static func children(of path: String) throws(GuidelineStoreError) -> [String] {
        try names(in: path).filter { !$0.hasPrefix(".") }.map { "\(path)/\($0)" }.filter(isFolder)
    }

    /// The files of an ending, compressed or not. Of a file that is there in both forms the plain one is taken.
    private static func files(in folder: String, ending: String) throws(GuidelineStoreError) -> [File] {
        var files: [File] = []
        for name in try names(in: folder) where !name.hasPrefix(".") {
            let plain = name.hasSuffix(CompressedFile.ending) ? String(name.dropLast(3)) : name
            guard plain.hasSuffix(ending), plain.count > ending.count, !isFolder("\(folder)/\(name)") else { continue }
            let stem = String(plain.dropLast(ending.count))
            // Names are in order, so that the plain one comes first.
            if !files.contains(where: { $0.stem == stem }) { files.append(File(stem: stem, path: "\(folder)/\(name)")) }
        }
        return files
    }

    private static func names(in folder: String) throws(GuidelineStoreError) -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { throw .fileNotFound(path: folder) }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw .unreadable(path: folder, reason: isFolder(folder) ? error.localizedDescription : "it is no folder")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
