// Feeds bytes to the reader of index archives, which must refuse them or answer from them, and never read elsewhere.
//
//     ArchiveFuzzer FILE...        tries files, once each: to repeat what a run has found
//     Scripts/fuzz.sh [SECONDS]    builds it with libFuzzer and looks for such files

import Foundation

#if FUZZING
var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(runFuzzer(&count, &arguments) { tryBytes($0, $1) })
#else
for file in CommandLine.arguments.dropFirst() {
    print(file)
    tryBytes(Array(try Data(contentsOf: URL(fileURLWithPath: file))))
}
#endif
