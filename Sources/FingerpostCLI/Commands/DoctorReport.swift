import Fingerpost
import TextEncoder

struct FoundEncoder {
    var identity: EncoderIdentity
    var folder: String
    var maximumTokenCount: Int
}

/// What `doctor` has to say.
struct DoctorReport {
    var system: SystemReport
    var encoder: FoundEncoder?
    var library: String?
    var information: LibraryInformation?
    var advice: [String]

    var json: JSON {
        let blas = system.blas
        return [
            "version": .string(FingerpostCommand.version),
            "blas": [
                "vendor": .string(blas.vendor.rawValue), "file": .optional(blas.blasFile),
                "lapackFile": .optional(blas.lapackFile), "configuration": .optional(blas.configuration),
                "coreType": .optional(blas.coreType), "threadsPerCall": .optional(blas.threadsPerCall),
                "gigaflops": [
                    "oneThread": .rounded(system.gigaflops.oneThread, places: 1),
                    "allThreads": .rounded(system.gigaflops.allThreads, places: 1),
                ],
            ],
            "kernels": [
                "selected": .string(system.kernels.selected), "available": .strings(system.kernels.available),
            ],
            "processors": .integer(system.processors),
            "encoder": encoder.map { encoder in
                JSON.encoder(encoder.identity).adding([
                    ("folder", .string(encoder.folder)),
                    (
                        "maximumTokens",
                        encoder.maximumTokenCount == Int.max ? .null : .integer(encoder.maximumTokenCount)
                    ),
                ])
            } ?? .null,
            "sqlite": .string(system.sqliteVersion),
            "library": library.flatMap { library in information.map { $0.json(library: library) } } ?? .null,
            "advice": .strings(advice),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        let blas = system.blas
        var name = blas.vendor.rawValue
        if let core = blas.coreType { name += " (\(core))" }
        var rows = [
            ("fingerpost", FingerpostCommand.version),
            ("BLAS", [name, blas.blasFile].compactMap(\.self).joined(separator: ", ")),
        ]
        if let lapack = blas.lapackFile, lapack != blas.blasFile { rows.append(("LAPACK", lapack)) }
        rows += [
            (
                "products",
                "\(Format.decimal(system.gigaflops.oneThread, 1)) GFLOP/s on one thread, "
                    + "\(Format.decimal(system.gigaflops.allThreads, 1)) on \(system.processors)"
            ),
            (
                "kernels",
                "\(system.kernels.selected) (this CPU can run \(system.kernels.available.joined(separator: ", ")))"
            ),
            ("processors", String(system.processors)),
            ("SQLite", system.sqliteVersion),
        ]
        if let encoder {
            rows.append(("encoder", PlainText.line("\(encoder.identity)")))
            rows.append(("", PlainText.line(encoder.folder)))
        } else {
            rows.append(("encoder", terminal.red("none")))
        }
        var lines = Table.pairs(rows)
        if let library, let information { lines += ["", information.text(library: library, terminal)] }
        for item in advice {
            lines.append("")
            lines += PlainText.wrapped("advice: \(item)", width: terminal.width).map(terminal.yellow)
        }
        return lines.joined(separator: "\n")
    }
}
