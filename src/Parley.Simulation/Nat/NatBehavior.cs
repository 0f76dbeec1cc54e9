namespace Parley.Simulation;

/// <summary>How a NAT maps and filters, in the terms of RFC 4787.</summary>
public sealed record NatBehavior
{
    /// <summary>Endpoint-independent mapping and filtering.</summary>
    public static NatBehavior FullCone { get; } = new() { Filtering = NatDependence.EndpointIndependent };

    /// <summary>Endpoint-independent mapping, address-dependent filtering.</summary>
    public static NatBehavior RestrictedCone { get; } = new() { Filtering = NatDependence.AddressDependent };

    /// <summary>Endpoint-independent mapping, address- and port-dependent filtering: the common home router.</summary>
    public static NatBehavior PortRestrictedCone { get; } = new();

    /// <summary>Address- and port-dependent mapping and filtering: no way through between two of these but a relay.</summary>
    public static NatBehavior Symmetric { get; } = new() { Mapping = NatDependence.AddressAndPortDependent };

    /// <summary>For which remote ends one inside address and port has the same outside one.</summary>
    public NatDependence Mapping { get; init; } = NatDependence.EndpointIndependent;

    /// <summary>Who may send in through a mapping: anybody, or only those that were sent to.</summary>
    public NatDependence Filtering { get; init; } = NatDependence.AddressAndPortDependent;

    /// <summary>Whether two hosts inside can reach each other by their outside addresses (RFC 4787 §6).</summary>
    public bool Hairpin { get; init; }

    /// <summary>
    /// How long a mapping lives after the last datagram sent out through it. By default 2 minutes, the least that RFC 4787 §4.3 allows.
    /// </summary>
    public TimeSpan MappingTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How many mappings there may be; datagrams that would need one more are lost. By default 4,096.</summary>
    public int MaxMappings { get; init; } = 4096;
}
