//! The GraphQL surface and its HTTP and WebSocket edge.
