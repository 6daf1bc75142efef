enum GatewayAssemblyPlaceholder {}
