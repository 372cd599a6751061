import Foundation

@testable import GuidelineStore

/// A folder that is removed with the value's last use.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    func write(_ text: String, to name: String) throws -> URL {
        try write(Array(text.utf8), to: name)
    }

    func write(_ bytes: [UInt8], to name: String) throws -> URL {
        try Data(bytes).write(to: file(name))
        return file(name)
    }
}

/// The error of this module that `body` throws, or nil.
func storeError(_ body: () throws -> Void) -> GuidelineStoreError? {
    do {
        try body()
        return nil
    } catch {
        return error as? GuidelineStoreError
    }
}

extension GuidelineImporter {
    /// Reads a text as a file of the format.
    static func read(_ text: String, _ format: ImportFormat, options: ImportOptions = ImportOptions()) throws
        -> [Guideline]
    {
        try read(Array(text.utf8), format, options: options)
    }

    static func read(_ bytes: [UInt8], _ format: ImportFormat, options: ImportOptions = ImportOptions()) throws
        -> [Guideline]
    {
        var importer = GuidelineImporter(options: options)
        return try importer.read(from: .bytes(bytes, name: "input"), format: format)
    }
}

let testEncoder = EncoderRecord(name: "test", sha256: String(repeating: "ab", count: 32), dimension: 4)
