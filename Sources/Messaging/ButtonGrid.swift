/// Rows of buttons: at most 3 rows of at most 3, as Divar has it. An empty grid is no buttons.
package struct ButtonGrid: Sendable, Hashable {
    package static let maximumRows = 3
    package static let maximumButtonsInRow = 3

    package var rows: [[Button]]

    package init(rows: [[Button]] = []) {
        self.rows = rows
    }

    package var isEmpty: Bool { rows.isEmpty }
}
