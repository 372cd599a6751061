import Foundation
import GuidelineStore

/// Decisions about things that no library holds, kept in a file of JSON Lines beside them: `{"key","decision","result"}`.
///
/// A decision is in the file, and on its way to the medium, when ``record(_:of:result:)`` returns. A last line that was cut
/// off is removed when the file is next opened.
public final class ReviewJournal {
    public let path: String
    /// What was decided, by key. A later decision about the same key replaces an earlier one.
    public private(set) var decisions: [String: String] = [:]
    private let handle: FileHandle

    /// - Throws: ``GuideAlignError/journalFile(path:problem:)``, ``GuideAlignError/journalInUse(path:)`` and
    ///   ``GuideAlignError/journalDamaged(location:problem:)``.
    public init(path: String) throws(GuideAlignError) {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .journalFile(path: path, problem: "cannot open it: \(String(cString: strerror(errno)))")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .journalInUse(path: path) }
        guard let data = try? handle.readToEnd() ?? Data() else {
            throw .journalFile(path: path, problem: "cannot read it")
        }
        let whole = (data.lastIndex(of: 0x0A) ?? -1) + 1
        if whole < data.count, ftruncate(descriptor, off_t(whole)) != 0 {
            throw .journalFile(path: path, problem: "cannot cut it")
        }
        do {
            let reader = try JSONLinesReader(.bytes(Array(data.prefix(whole)), name: path))
            while let line = try reader.next() {
                guard case .string(let key)? = line.members["key"],
                    case .string(let decision)? = line.members["decision"]
                else {
                    throw GuideAlignError.journalDamaged(location: line.location, problem: "it has no key and decision")
                }
                decisions[key] = decision
            }
        } catch let error as GuideAlignError {
            throw error
        } catch let error as GuidelineStoreError {
            guard whole > 0 else { return }
            throw .journalDamaged(
                location: error.location ?? InputLocation(file: path), problem: "the line is not one that was written")
        } catch {
            throw .journalFile(path: path, problem: "\(error)")
        }
    }

    /// Keeps a decision.
    public func record(_ decision: String, of key: String, result: String? = nil) throws(GuideAlignError) {
        var members: [String: JSONValue] = ["key": .string(key), "decision": .string(decision)]
        if let result { members["result"] = .string(result) }
        var bytes: [UInt8] = []
        JSONValue.object(members).append(to: &bytes)
        do {
            try handle.write(contentsOf: Data(bytes + [0x0A]))
            try handle.synchronize()
        } catch {
            throw .journalFile(path: path, problem: "cannot write it: \(error.localizedDescription)")
        }
        decisions[key] = decision
    }
}
