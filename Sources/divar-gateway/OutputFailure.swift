/// A command's output can't be written.
struct OutputFailure: Error, CustomStringConvertible {
    let description: String
}
