using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Parley.Ciphers;

/// <summary>AES in counter mode (NIST SP 800-38A §6.5) over the processor's instructions, eight blocks interleaved.</summary>
internal sealed unsafe class HardwareCounter<T> : CounterEngine
    where T : struct, IInstructions
{
    private const int ChunkLength = 8 * 16;
    private readonly KeyMemory _memory = new(AesRounds<T>.MaxExpandedLength);
    private readonly byte* _keys;
    private readonly int _rounds;

    public HardwareCounter(ReadOnlySpan<byte> key)
    {
        _keys = _memory.Pointer;
        _rounds = AesRounds<T>.Expand(key, _keys);
    }

    public override void EncryptBlock(ReadOnlySpan<byte> block, Span<byte> destination) =>
        AesRounds<T>.Encrypt(_keys, _rounds, Vector128.Create(block)).CopyTo(destination);

    public override void Transform(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input, Span<byte> output)
    {
        var counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        fixed (byte* source = input, destination = output)
        {
            var done = 0;
            while (done < input.Length)
            {
                // The kernel counts in 32 bits. A run ends where they wrap, and the next starts with the carry.
                var blocksToWrap = 0x1_0000_0000L - (uint)counter;
                var length = (int)Math.Min(input.Length - done, blocksToWrap * 16);
                TransformRun(counter, source + done, destination + done, length);
                counter += (uint)((length + 15) / 16);
                done += length;
            }
        }
    }

    public override void Dispose() => _memory.Dispose();

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformRun(UInt128 start, byte* source, byte* destination, int length)
    {
        var block = stackalloc byte[ChunkLength];
        BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(block, 16), start);
        var counter = AesRounds<T>.Block(Vector128.Load(block).AsUInt32()).AsUInt32();
        while (length >= ChunkLength)
        {
            AesRounds<T>.Transform8(_keys, _rounds, counter, source, destination);
            counter += Vector128.Create(0u, 0, 0, 8);
            source += ChunkLength;
            destination += ChunkLength;
            length -= ChunkLength;
        }

        if (length > 0)
        {
            Buffer.MemoryCopy(source, block, length, length);
            new Span<byte>(block + length, ChunkLength - length).Clear();
            AesRounds<T>.TransformEnd(_keys, _rounds, counter, block, block, (length + 15) / 16);
            Buffer.MemoryCopy(block, destination, length, length);
            new Span<byte>(block, ChunkLength).Clear();
        }
    }
}
