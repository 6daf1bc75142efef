/// Whoever read a command's output has seen enough, as `head` does: no error.
struct ClosedPipe: Error {}
