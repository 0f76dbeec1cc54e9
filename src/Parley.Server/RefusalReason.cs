namespace Parley.Server;

/// <summary>Why the server refused a request.</summary>
internal enum RefusalReason
{
    /// <summary>A page of another origin.</summary>
    Origin,

    /// <summary>The request is for a host by whose name the server is not known.</summary>
    Host,

    /// <summary>The address has as many sockets as it may.</summary>
    AddressConnections,

    /// <summary>The address opens sockets faster than it may.</summary>
    AddressJoins,
}
