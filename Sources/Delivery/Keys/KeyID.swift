/// One key of an app's for as long as the gateway runs: another key in the same place is another.
package struct KeyID: Sendable, Hashable {
    package let number: Int

    package init(number: Int) {
        self.number = number
    }
}
