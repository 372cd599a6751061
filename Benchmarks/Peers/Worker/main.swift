// Builds an index and searches it on command, for compare.py, which times other engines in the same way.
//
//     PeerWorker BASE.npy QUERIES.npy K LAYOUT
//
// Each line of input is a length of the beam; each line of output a JSON object. The first tells of the building.

import BenchmarkData
import Foundation
import VectorIndex

func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func answer(_ object: [String: Any]) throws {
    FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: object) + Data("\n".utf8))
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let k = Int(arguments[3]),
    let layout = HNSWConfiguration.Layout.allCases.first(where: { $0.name == arguments[4] })
else {
    FileHandle.standardError.write(Data("usage: PeerWorker BASE.npy QUERIES.npy K fast|compact\n".utf8))
    exit(2)
}
let base = try NumPyMatrix(contentsOf: arguments[1])
let queries = try NumPyMatrix(contentsOf: arguments[2])
let clock = ContinuousClock()
let index = try HNSWIndex<Int>(dimension: base.columns, configuration: HNSWConfiguration(layout: layout))
let building = try clock.measure {
    try index.insert(contentsOf: base.elements, keys: Array(0..<base.rows), threads: 1)
}
try answer(["build": seconds(building), "bytes": index.byteCount])

while let line = readLine() {
    guard let ef = Int(line) else { continue }
    let options = SearchOptions<Int>(efSearch: ef, strategy: .graph)
    var ids: [[Int]] = []
    ids.reserveCapacity(queries.rows)
    let searching = try queries.elements.withUnsafeBufferPointer { elements in
        try clock.measure {
            for row in 0..<queries.rows {
                let query = UnsafeBufferPointer(
                    rebasing: elements[(row * queries.columns)..<((row + 1) * queries.columns)])
                ids.append(try index.search(query, limit: k, options: options).map(\.key))
            }
        }
    }
    try answer(["seconds": seconds(searching), "ids": ids])
}
