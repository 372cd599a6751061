import Fingerpost
import GuidelineStore
import Platform

/// A check that a file of rails can name: all of it is said by its definition, but for the library or the judge that it
/// asks.
public protocol DefinableCheck: Check, Hashable {
    var definition: CheckDefinition { get }
}

/// What a check looks for, as a file of rails says it.
public struct CheckDefinition: Sendable, Hashable {
    /// `secrets`, `personal_data`, `keywords`, `pattern`, `semantic`, `judge`, `style`, `length`.
    public var check: String
    public var id: String
    /// Those that differ from what goes without saying.
    public var members: [String: JSONValue]

    /// A digest of what the check looks for, whatever its id: the version of a check.
    var version: String {
        let text = "\(check) \(JSONValue.object(members).jsonText)"
        return "1-" + SHA256.hexadecimal(of: text).prefix(12)
    }
}

/// Members of a definition, in the making.
struct DefinitionMembers {
    private(set) var members: [String: JSONValue] = [:]

    mutating func add(_ name: String, _ values: [String]) {
        if !values.isEmpty { members[name] = .array(values.map(JSONValue.string)) }
    }

    mutating func add(_ name: String, _ value: String?) {
        if let value { members[name] = .string(value) }
    }

    mutating func add(_ name: String, _ value: Int?) {
        if let value { members[name] = .integer(value) }
    }

    mutating func add(_ name: String, _ value: Double?) {
        if let value { members[name] = .number(value) }
    }

    /// Not the one that goes without saying.
    mutating func add(_ name: String, _ value: Bool, unless standard: Bool) {
        if value != standard { members[name] = .bool(value) }
    }
}
