import Fingerpost
import GuidelineStore

/// A line that asks for something.
struct SidecarRequest: Sendable {
    enum Operation: Sendable {
        case search(query: String, RetrievalOptions)
        case prompt(Input, RetrievalOptions, PromptComposer)
        case add([Guideline])
        case remove([String])
        case check(CheckRequest)
        case info
        case ping
    }

    /// What a prompt is for.
    enum Input: Sendable {
        case text(String)
        case chat(Chat)
    }

    /// A text to be held against the checks.
    struct CheckRequest: Sendable {
        var text: String
        var rail: DecisionRecord.Rail
        var deadline: Duration?
        var model: String?
        var conversation: String?
    }

    /// As the client gave it, to be given back; nil where it gave none.
    var id: JSONValue?
    var operation: Operation

    /// Whether requests behind it must see what it does, and those before it must not.
    var isWrite: Bool {
        switch operation {
        case .add, .remove: true
        case .search, .prompt, .check, .info, .ping: false
        }
    }
}

/// A request that cannot be answered, with the id that it has.
struct SidecarFault: Error, Sendable {
    var id: JSONValue?
    var failure: Failure
}

extension SidecarRequest {
    static let operations = ["search", "prompt", "check", "add", "remove", "info", "ping"]

    /// - Throws: ``SidecarFault``, with the number of the line.
    init(parsing line: [UInt8], number: Int) throws(SidecarFault) {
        let place = InputLocation(file: "standard input", line: number)
        var fields: SidecarFields
        do {
            fields = SidecarFields(try Self.members(of: line, place), place)
        } catch {
            throw SidecarFault(failure: Failure(error))
        }
        let given: JSONValue?
        do {
            given = try fields.identifier()
        } catch {
            throw SidecarFault(failure: Failure(error))
        }
        do {
            id = given
            operation = try Self.operation(&fields)
            try fields.finish()
        } catch {
            var failure = Failure(error)
            failure.line = number
            throw SidecarFault(id: given, failure: failure)
        }
    }

    private static func members(of line: [UInt8], _ place: InputLocation) throws -> [String: JSONValue] {
        let value = try line.withUnsafeBytes { bytes in
            do throws(JSONSyntaxError) {
                return try JSONParser.parse(bytes)
            } catch {
                throw error.located(
                    in: bytes, file: place.file, firstLine: place.line ?? 1, byteOffset: 0, isAtEnd: false)
            }
        }
        guard case .object(let members) = value else {
            throw Failure(
                code: "invalid_request",
                message: "\(place): a request is an object, such as {\"query\":\"...\"}, not \(value.typeName).",
                line: place.line, isInputError: true)
        }
        return members
    }

    private static func operation(_ fields: inout SidecarFields) throws -> Operation {
        let name = try fields.operationName()
        fields.operation = name
        switch name {
        case "search":
            let query = try fields.text("query")
            return .search(query: query, try fields.retrievalOptions())
        case "prompt":
            let input = try fields.promptInput()
            let options = try fields.retrievalOptions()
            return .prompt(input, options, try fields.composer())
        case "add": return .add(try fields.guidelines())
        case "check": return .check(try fields.check())
        case "remove": return .remove(try fields.ids())
        case "info": return .info
        case "ping": return .ping
        default:
            throw fields.failure(
                "unknown_op", "\"op\" is \"\(name)\"; it must be one of \(operations.joined(separator: ", "))")
        }
    }
}
