/// What libFuzzer calls once, before the first input.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    if FuzzTarget.chosen == nil { FuzzTarget.listAndExit() }
    return 0
}

/// What libFuzzer calls with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    FuzzTarget.chosen?.check(bytes)
    return 0
}

/// Ends the run with a finding: libFuzzer writes the input down.
func require(_ holds: Bool, _ promise: @autoclosure () -> String, line: Int = #line, file: String = #fileID) {
    precondition(holds, "\(file):\(line): broken: \(promise())")
}
