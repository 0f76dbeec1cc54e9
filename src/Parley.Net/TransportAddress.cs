using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Parley.Net;

/// <summary>
/// An IP address and a port (RFC 8445's "transport address") as a value: comparable, hashable and free of allocation, which
/// <see cref="IPEndPoint"/> is not. An IPv4-mapped IPv6 address becomes the IPv4 address it stands for.
/// </summary>
public readonly record struct TransportAddress
{
    private readonly UInt128 _bits;

    private TransportAddress(AddressFamily family, UInt128 bits, ushort port, uint scopeId)
    {
        Family = family;
        _bits = bits;
        Port = port;
        ScopeId = scopeId;
    }

    /// <summary>An address of the given IP address and port.</summary>
    public TransportAddress(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        this = FromBytes(bytes[..written], (ushort)port, written == 16 ? (uint)address.ScopeId : 0);
    }

    /// <summary>
    /// <see cref="AddressFamily.InterNetwork"/> or <see cref="AddressFamily.InterNetworkV6"/>; of the default value,
    /// <see cref="AddressFamily.Unspecified"/>.
    /// </summary>
    public AddressFamily Family { get; }

    /// <summary>The port, 0 to 65,535.</summary>
    public ushort Port { get; }

    /// <summary>The zone of a link-local IPv6 address (the interface's index), else 0.</summary>
    public uint ScopeId { get; }

    /// <summary>The IP address as an object. Allocates.</summary>
    public IPAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            var length = WriteAddress(bytes);
            return length == 16 ? new IPAddress(bytes, ScopeId) : new IPAddress(bytes[..length]);
        }
    }

    /// <summary>Whether the address is 127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback =>
        Family == AddressFamily.InterNetwork ? (uint)_bits >> 24 == 127 : Family == AddressFamily.InterNetworkV6 && _bits == 1;

    /// <summary>Whether the address is 169.254.0.0/16 or fe80::/10.</summary>
    public bool IsLinkLocal => Family == AddressFamily.InterNetwork
        ? (uint)_bits >> 16 == 0xA9FE
        : Family == AddressFamily.InterNetworkV6 && (uint)(_bits >> 118) == 0x3FA;

    /// <summary>An address of 4 or 16 bytes in network order.</summary>
    /// <exception cref="ArgumentException">The length is neither 4 nor 16.</exception>
    public static TransportAddress FromBytes(ReadOnlySpan<byte> address, ushort port, uint scopeId = 0)
    {
        switch (address.Length)
        {
            case 4:
                return new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(address), port, 0);
            case 16:
                var bits = BinaryPrimitives.ReadUInt128BigEndian(address);
                return bits >> 32 == 0xFFFF
                    ? new(AddressFamily.InterNetwork, (uint)bits, port, 0)
                    : new(AddressFamily.InterNetworkV6, bits, port, scopeId);
            default:
                throw new ArgumentException("An IP address has 4 or 16 bytes.", nameof(address));
        }
    }

    /// <summary>Parses "192.0.2.1:5000" or "[2001:db8::1]:5000".</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TransportAddress address)
    {
        address = default;
        if (!IPEndPoint.TryParse(text, out var endPoint))
        {
            return false;
        }

        address = new TransportAddress(endPoint.Address, endPoint.Port);
        return true;
    }

    /// <summary>Writes the 4 or 16 bytes of the IP address in network order and returns their number; 0 for the default value.</summary>
    public int WriteAddress(Span<byte> destination)
    {
        switch (Family)
        {
            case AddressFamily.InterNetwork:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_bits);
                return 4;
            case AddressFamily.InterNetworkV6:
                BinaryPrimitives.WriteUInt128BigEndian(destination, _bits);
                return 16;
            default:
                return 0;
        }
    }

    /// <summary>The same IP address with another port.</summary>
    public TransportAddress WithPort(ushort port) => new(Family, _bits, port, ScopeId);

    /// <summary>Whether both have the same IP address, whatever their ports.</summary>
    public bool HasSameAddress(TransportAddress other) => Family == other.Family && _bits == other._bits && ScopeId == other.ScopeId;

    /// <summary>The address as the framework's end point. Allocates.</summary>
    public IPEndPoint ToIPEndPoint() => new(Address, Port);

    /// <inheritdoc/>
    public override string ToString() => Family switch
    {
        AddressFamily.InterNetwork => $"{Address}:{Port}",
        AddressFamily.InterNetworkV6 => $"[{Address}]:{Port}",
        _ => "(none)",
    };
}
