enum CustodyPlaceholder {}
