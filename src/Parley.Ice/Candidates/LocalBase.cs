using Parley.Net;

namespace Parley.Ice;

/// <summary>A socket of the loop's from which candidates come and checks go (RFC 8445 §4: "base").</summary>
internal sealed class LocalBase(TransportAddress address, NetworkInterfaceKind kind, ushort localPreference)
{
    public TransportAddress Address { get; } = address;

    public NetworkInterfaceKind Kind { get; } = kind;

    public ushort LocalPreference { get; } = localPreference;
}
