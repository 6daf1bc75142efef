/// Prints nothing of what it holds: keys and tokens come in as fields.
extension RequestFields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[fields]" }
    package var debugDescription: String { "[fields]" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
