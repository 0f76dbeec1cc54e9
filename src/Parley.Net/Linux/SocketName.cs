using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary>
/// <c>struct sockaddr_in</c> and <c>struct sockaddr_in6</c>: the family and zone in host order, the rest in network order.
/// </summary>
internal static class SocketName
{
    internal const int MaxLength = 28;
    private const ushort FamilyV4 = 2;
    private const ushort FamilyV6 = 10;

    internal static int Write(Span<byte> destination, TransportAddress address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], address.Port);
        if (address.Family == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(destination, FamilyV4);
            address.WriteAddress(destination[4..]);
            destination.Slice(8, 8).Clear();
            return 16;
        }

        MemoryMarshal.Write(destination, FamilyV6);
        destination.Slice(4, 4).Clear();
        address.WriteAddress(destination[8..]);
        var scope = address.ScopeId;
        MemoryMarshal.Write(destination[24..], in scope);
        return 28;
    }

    internal static TransportAddress Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < 16)
        {
            return default;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return MemoryMarshal.Read<ushort>(source) switch
        {
            FamilyV4 => TransportAddress.FromBytes(source.Slice(4, 4), port),
            FamilyV6 when source.Length >= 28 =>
                TransportAddress.FromBytes(source.Slice(8, 16), port, MemoryMarshal.Read<uint>(source[24..])),
            _ => default,
        };
    }
}
