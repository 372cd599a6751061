import ArgumentParser
import Foundation

/// The program. Exit status: 0 done, 1 the work failed, 2 a usage or input error; 0 too where the reader of the output
/// has gone away.
@main
enum Entry {
    static func main() {
        Interruption.install()
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) -> Int32 {
        let isJSON = arguments.prefix { $0 != "--" }.contains("--json")
        do {
            var command: any ParsableCommand
            do {
                command = try FingerpostCommand.parseAsRoot(arguments)
            } catch {
                return try finish(parsing: error, isJSON: isJSON)
            }
            do {
                try command.run()
                return 0
            } catch let code as ExitCode {
                return code.rawValue
            } catch  where error is ValidationError || FingerpostCommand.exitCode(for: error).isSuccess {
                // Help and versions come out of running as well as out of parsing.
                return try finish(parsing: error, isJSON: isJSON)
            }
        } catch is Console.OutputClosed {
            return 0
        } catch {
            let failure = Failure(error)
            failure.report(asJSON: isJSON)
            return failure.status
        }
    }

    /// Help and versions that were asked for are results; everything else that comes out of parsing is a usage error.
    private static func finish(parsing error: any Error, isJSON: Bool) throws -> Int32 {
        if FingerpostCommand.exitCode(for: error).isSuccess {
            let text = FingerpostCommand.fullMessage(for: error)
            if !text.isEmpty { try Console.result(text) }
            return 0
        }
        if isJSON {
            Failure(code: "usage", message: FingerpostCommand.message(for: error), isInputError: true).report(
                asJSON: true)
        } else {
            let text = PlainText.escaped(FingerpostCommand.fullMessage(for: error), keepingLineBreaks: true)
            Console.log(text.hasPrefix("Error:") ? Terminal.log.red("error:") + text.dropFirst(6) : text)
        }
        return 2
    }
}
