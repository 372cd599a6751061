import Foundation

/// An OpenAI-compatible server, the model asked there, and the key. The key is never printed.
public struct ChatEndpoint: Sendable, CustomStringConvertible, CustomReflectable {
    /// Where the key is. There is no way to give the key itself, so that it cannot stand in a list of processes.
    public enum KeySource: Sendable, Hashable {
        case none
        /// The variable holds the key, sent as `Authorization: Bearer`.
        case environment(String)
        /// The file's only line is the header, such as `Authorization: Bearer` and the key.
        case headerFile(String)
    }

    public let base: URL
    public let model: String
    let header: (name: String, value: String)?
    /// What no message may repeat, though a server should say it: the header's value, and the key in it.
    var secrets: [String] {
        guard let value = header?.value else { return [] }
        return [value] + value.split(separator: " ").map(String.init).filter { $0.count >= 8 }
    }
    /// The server's name and port, for messages.
    let host: String

    /// - Parameter allowsPlainHTTP: also send requests, and the key, unencrypted to other machines.
    /// - Throws: ``GuideAlignError/invalidEndpoint(url:problem:)``, ``GuideAlignError/missingKey(source:problem:)``.
    public init(
        base: String, model: String, key: KeySource = .none, allowsPlainHTTP: Bool = false,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(GuideAlignError) {
        guard let parts = URLComponents(string: base), let scheme = parts.scheme?.lowercased(),
            let name = parts.host, !name.isEmpty, let url = parts.url
        else { throw .invalidEndpoint(url: "(not an address)", problem: "give one such as http://localhost:11434/v1") }
        // What is shown holds no user, password or query, where a key may stand.
        let shown = "\(scheme)://\(name)\(parts.port.map { ":\($0)" } ?? "")"
        guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
            throw .invalidEndpoint(url: shown, problem: "it must hold no user, password, query or fragment")
        }
        guard scheme == "https" || scheme == "http" else {
            throw .invalidEndpoint(url: shown, problem: "only https and http are spoken")
        }
        guard scheme == "https" || allowsPlainHTTP || ["localhost", "127.0.0.1", "::1", "[::1]"].contains(name) else {
            throw .invalidEndpoint(url: shown, problem: "http to another machine is not encrypted; use https")
        }
        guard !model.isEmpty else { throw .invalidRequest(field: "model", problem: "is empty") }
        self.base = url
        self.model = model
        host = name + (parts.port.map { ":\($0)" } ?? "")
        header = try Self.header(key, environment)
    }

    private static func header(
        _ source: KeySource, _ environment: [String: String]
    ) throws(GuideAlignError) -> (name: String, value: String)? {
        switch source {
        case .none:
            return nil
        case .environment(let name):
            let key = (environment[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
            guard !key.isEmpty else { throw .missingKey(source: "the variable \(name)", problem: "is not set") }
            guard isPlain(key) else {
                throw .missingKey(source: "the variable \(name)", problem: "holds characters that no header can")
            }
            return ("Authorization", "Bearer \(key)")
        case .headerFile(let path):
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw .missingKey(source: path, problem: "cannot be read")
            }
            let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard let colon = line.firstIndex(of: ":"), isPlain(line) else {
                throw .missingKey(source: path, problem: "is not one line such as \"Authorization: Bearer ...\"")
            }
            let name = String(line[..<colon])
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            let isName = name.utf8.allSatisfy { (48...57 ~= $0) || (65...90 ~= $0) || (97...122 ~= $0) || $0 == 45 }
            guard !name.isEmpty, isName, !value.isEmpty else {
                throw .missingKey(source: path, problem: "is not one line such as \"Authorization: Bearer ...\"")
            }
            return (name, value)
        }
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { 32...126 ~= $0 } }

    public var description: String { "\(model) at \(host)" }
    public var customMirror: Mirror { Mirror(self, children: ["model": model, "host": host]) }
}
