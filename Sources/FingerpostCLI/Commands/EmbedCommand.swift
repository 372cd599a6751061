import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore

/// `embed`: texts into a matrix.
struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Encode texts into a NumPy matrix of vectors.",
        discussion: """
            EXAMPLE
              fingerpost embed texts.jsonl --output vectors.npy
              python3 -c 'import numpy; print(numpy.load("vectors.npy").shape)'

            The input is JSON Lines of {"text"}; the output has a row of 32-bit floats for each line, of unit length (a \
            text without a word that the encoder knows gives zeros).

            With --json: {"output","rows","dimension","seconds","textsPerSecond","encoder":{"name","sha256",\
            "dimension"}}.
            """)

    @Argument(help: "JSON Lines of {\"text\"}; - is standard input.", completion: .file())
    var input: String

    @Option(name: [.long, .customShort("o")], help: "The .npy file to write.", completion: .file(extensions: ["npy"]))
    var output: String

    @Option(help: "Folder of an encoder to use instead of the bundled one.", completion: .directory)
    var encoder: String?

    @OptionGroup var threading: ThreadOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        try OutputFile.check(output)
        let (encoder, _) = try TextEmbedding.encoder(in: encoder.map { URL(fileURLWithPath: $0) })
        let progress = ProgressBar()
        defer { progress.finish() }
        let clock = ContinuousClock()
        let start = clock.now
        let matrix = try TextEmbedding.matrix(
            of: InputSource(argument: input), encoder: encoder, threads: threading.threads
        ) { rows in
            progress.update("Encoding", completed: rows, total: nil)
        }
        let elapsed = clock.now - start
        Interruption.willWrite(output)
        try matrix.writeNumPyFile(to: output)
        progress.finish()

        let rate = Double(matrix.rows) / max(elapsed.secondsValue, 1e-9)
        guard !format.json else {
            let document: JSON = [
                "output": .string(output), "rows": .integer(matrix.rows), "dimension": .integer(matrix.columns),
                "seconds": .rounded(elapsed.secondsValue, places: 6), "textsPerSecond": .rounded(rate, places: 1),
                "encoder": .encoder(encoder.identity),
            ]
            return try Console.result(document.text)
        }
        try Console.result(
            "\(PlainText.line(output)): \(Format.count(matrix.rows)) x \(matrix.columns), encoded in "
                + "\(Format.duration(elapsed)) (\(Format.rate(rate)) texts/s) by \(PlainText.line("\(encoder.identity)"))"
        )
    }
}
