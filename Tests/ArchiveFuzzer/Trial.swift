import Foundation
import VectorIndex

/// Where the bytes are put, since archives are mapped from files: in memory, where the system has such a place.
let path: String = {
    let folder = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    return "\(folder)/fingerpost-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
}()

/// What a user of a damaged archive might go on to do with it.
func use<Key: IndexKey>(_ index: HNSWIndex<Key>, _ newKey: Key) throws {
    guard index.dimension <= 64, index.count <= 4_096 else { return }
    let query = (0..<index.dimension).map { Float($0 % 3) + 0.5 }
    for strategy in [SearchStrategy.graph, .exact] {
        let found = try index.search(query, limit: 5, options: SearchOptions(efSearch: 20, strategy: strategy))
        guard found.count == min(5, found.count) else { fatalError("too many results") }
    }
    _ = index.violations()
    if let key = index.keys.first {
        _ = try index.vectors(for: key)
        index.remove(key)
    }
    try? index.insert(query, for: newKey)
    _ = try index.search(query, limit: 5)
}

func tryBytes(_ bytes: [UInt8]) {
    // As they are, and with checksums that match, which random changes would hardly ever hit upon.
    for bytes in [bytes, ArchiveSeal.seal(bytes)].compactMap({ $0 }) {
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else { continue }
        defer { unlink(path) }
        do { try use(try HNSWIndex<String>(archive: path), "a key of its own") } catch {}
        do { try use(try HNSWIndex<Int>(archive: path), 1 << 40) } catch {}
    }
}

#if FUZZING
/// libFuzzer's own main function asks for this; the program's goes before it and calls ``runFuzzer(_:_:_:)``.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ length: Int) -> Int32 { tryBytes(start, length) }

func tryBytes(_ start: UnsafePointer<UInt8>?, _ length: Int) -> Int32 {
    tryBytes(Array(UnsafeBufferPointer(start: start, count: length)))
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
#endif
