namespace Parley.Simulation;

/// <summary>On what part of the remote end a NAT's mapping or filtering depends (RFC 4787 §4.1, §5).</summary>
public enum NatDependence
{
    /// <summary>On none: one mapping for all remote ends; whoever knows it may send through it.</summary>
    EndpointIndependent,

    /// <summary>On the remote IP address.</summary>
    AddressDependent,

    /// <summary>On the remote IP address and port.</summary>
    AddressAndPortDependent,
}
