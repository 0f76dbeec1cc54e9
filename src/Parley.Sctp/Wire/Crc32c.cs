using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parley.Sctp.Wire;

/// <summary>The checksum of RFC 9260 Appendix A, by the processor's own instruction where it has one.</summary>
internal static class Crc32c
{
    /// <summary>The checksum of a packet, its own field (bytes 8 to 11) taken as zero.</summary>
    public static uint OfPacket(ReadOnlySpan<byte> packet)
    {
        var crc = Continue(uint.MaxValue, packet[..8]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Continue(crc, packet[12..]);
    }

    /// <summary>The checksum of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    // BitOperations.Crc32C takes its operand's bytes in memory order on a little-endian machine; on a big-endian one words are swapped
    // first.
    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var index = 0;
        for (; index + 8 <= bytes.Length; index += 8)
        {
            var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, index));
            crc = BitOperations.Crc32C(
                crc, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        }

        for (; index < bytes.Length; index++)
        {
            crc = BitOperations.Crc32C(crc, bytes[index]);
        }

        return crc;
    }
}
