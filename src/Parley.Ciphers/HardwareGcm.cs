using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Parley.Ciphers;

/// <summary>
/// AES-GCM (NIST SP 800-38D §7) over the processor's instructions: one pass, in which the key stream of eight blocks and the
/// GHASH of eight overlap.
/// </summary>
internal sealed unsafe class HardwareGcm<T> : GcmEngine
    where T : struct, IInstructions
{
    private const int ChunkLength = 8 * 16;
    private readonly KeyMemory _memory;
    private readonly byte* _keys;
    private readonly byte* _powers;
    private readonly int _rounds;

    public HardwareGcm(ReadOnlySpan<byte> key)
    {
        _memory = new KeyMemory(AesRounds<T>.MaxExpandedLength + 16 + GHash<T>.PowerCount * 16);
        _keys = _memory.Pointer;
        _powers = _keys + AesRounds<T>.MaxExpandedLength + 16;
        _rounds = AesRounds<T>.Expand(key, _keys);
        GHash<T>.Expand(AesRounds<T>.Encrypt(_keys, _rounds, default), _powers);
    }

    [SkipLocalsInit]
    public override void Seal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        var counter = FirstCounter(nonce);
        var mask = AesRounds<T>.Encrypt(_keys, _rounds, AesRounds<T>.Block(counter));
        counter += Vector128.Create(0u, 0, 0, 1);
        Vector128<byte> result;
        fixed (byte* aadStart = aad, source = plaintext, destination = ciphertext)
        {
            var hash = AbsorbAad(aadStart, aad.Length);
            var whole = plaintext.Length & ~(ChunkLength - 1);
            if (whole > 0)
            {
                hash = GcmRounds<T>.SealChunks(_keys, _rounds, Power(8), counter, source, destination, whole, hash);
                counter += Vector128.Create(0u, 0, 0, (uint)whole / 16);
            }

            var tail = stackalloc byte[ChunkLength + 16];
            var rest = plaintext.Length - whole;
            if (rest > 0)
            {
                LoadTail(source + whole, rest, tail);
                AesRounds<T>.Transform8(_keys, _rounds, counter, tail, tail);
                Buffer.MemoryCopy(tail, destination + whole, rest, rest);
                new Span<byte>(tail + rest, ChunkLength - rest).Clear();
            }

            result = Finish(hash, tail, rest, aad.Length, plaintext.Length) ^ mask;
        }

        result.CopyTo(tag);
    }

    [SkipLocalsInit]
    public override bool TryOpen(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        var expected = Vector128.Create(tag);
        var counter = FirstCounter(nonce);
        var mask = AesRounds<T>.Encrypt(_keys, _rounds, AesRounds<T>.Block(counter));
        counter += Vector128.Create(0u, 0, 0, 1);
        fixed (byte* aadStart = aad, source = ciphertext, destination = plaintext)
        {
            var hash = AbsorbAad(aadStart, aad.Length);
            var whole = ciphertext.Length & ~(ChunkLength - 1);
            if (whole > 0)
            {
                hash = GcmRounds<T>.OpenChunks(_keys, _rounds, Power(8), counter, source, destination, whole, hash);
                counter += Vector128.Create(0u, 0, 0, (uint)whole / 16);
            }

            var tail = stackalloc byte[ChunkLength + 16];
            var rest = ciphertext.Length - whole;
            if (rest > 0)
            {
                LoadTail(source + whole, rest, tail);
            }

            var actual = Finish(hash, tail, rest, aad.Length, ciphertext.Length) ^ mask;
            if (rest > 0)
            {
                AesRounds<T>.Transform8(_keys, _rounds, counter, tail, tail);
                Buffer.MemoryCopy(tail, destination + whole, rest, rest);
                new Span<byte>(tail, ChunkLength).Clear();
            }

            // One comparison of all 16 bytes: its time does not tell where they differ.
            if (actual == expected)
            {
                return true;
            }
        }

        CryptographicOperations.ZeroMemory(plaintext);
        return false;
    }

    public override void Dispose() => _memory.Dispose();

    // SP 800-38D §7.1 step 2: J0 = IV || 0³¹ || 1 for a nonce of 96 bits.
    private static Vector128<uint> FirstCounter(ReadOnlySpan<byte> nonce) => Vector128.Create(
        MemoryMarshal.Read<uint>(nonce), MemoryMarshal.Read<uint>(nonce[4..]), MemoryMarshal.Read<uint>(nonce[8..]), 1);

    private static void LoadTail(byte* source, int length, byte* tail)
    {
        Vector512<byte>.Zero.Store(tail);
        Vector512<byte>.Zero.Store(tail + 64);
        Buffer.MemoryCopy(source, tail, length, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Power(int exponent) => _powers + (GHash<T>.PowerCount - exponent) * 16;

    private Vector128<ulong> AbsorbAad(byte* aad, int length)
    {
        var hash = Vector128<ulong>.Zero;
        while (length >= ChunkLength)
        {
            hash = T.Absorb8(hash, aad, Power(8));
            aad += ChunkLength;
            length -= ChunkLength;
        }

        while (length > 0)
        {
            var block = Vector128<byte>.Zero;
            var count = Math.Min(length, 16);
            Buffer.MemoryCopy(aad, &block, 16, count);
            hash = GHash<T>.Absorb(hash, (byte*)&block, Power(1), 1);
            aad += count;
            length -= count;
        }

        return hash;
    }

    // The rest, padded with zeros, and the block of both lengths in bits (§7.1 step 5) share one reduction.
    private Vector128<byte> Finish(Vector128<ulong> hash, byte* tail, int rest, int aadLength, int textLength)
    {
        var blocks = (rest + 15) / 16;
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(tail + blocks * 16, 8), (ulong)aadLength * 8);
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(tail + blocks * 16 + 8, 8), (ulong)textLength * 8);
        var final = GHash<T>.Absorb(hash, tail, Power(blocks + 1), blocks + 1);
        Vector128<byte>.Zero.Store(tail + blocks * 16);
        return GHash<T>.Reverse(final.AsByte()).AsByte();
    }
}
