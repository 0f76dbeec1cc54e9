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
        // H⁸, which the chunks' loop reads four powers at a time from, begins a cache line.
        var powersAt = (AesRounds<T>.MaxExpandedLength + 63) / 64 * 64 + (64 - (GHash<T>.PowerCount - 8) * 16 % 64);
        _memory = new KeyMemory(powersAt + GHash<T>.PowerCount * 16);
        _keys = _memory.Pointer;
        _powers = _keys + powersAt;
        _rounds = AesRounds<T>.Expand(key, _keys);
        GHash<T>.Expand(AesRounds<T>.Encrypt(_keys, _rounds, default), _powers);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
            var rest = plaintext.Length - whole;

            // The rest first: its key stream waits for nothing, and is made while the first chunk's is.
            var tail = stackalloc byte[ChunkLength + 16];
            if (rest > 0)
            {
                LoadTail(source + whole, rest, tail);
                AesRounds<T>.TransformEnd(
                    _keys, _rounds, counter + Vector128.Create(0u, 0, 0, (uint)whole / 16), tail, tail, (rest + 15) / 16);
                Buffer.MemoryCopy(tail, destination + whole, rest, rest);
                Vector128<byte>.Zero.Store(tail + rest);
            }

            byte* last = null;
            if (whole > 0)
            {
                hash = GcmRounds<T>.SealChunks(_keys, _rounds, Power(8), counter, source, destination, whole, hash);
                last = destination + whole - ChunkLength;
            }

            result = Finish(hash, last, tail, rest, aad.Length, plaintext.Length) ^ mask;
            ClearTail(tail);
        }

        result.CopyTo(tag);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
            var rest = ciphertext.Length - whole;
            var tail = stackalloc byte[ChunkLength + 16];
            if (rest > 0)
            {
                var opened = stackalloc byte[ChunkLength];
                LoadTail(source + whole, rest, tail);
                AesRounds<T>.TransformEnd(
                    _keys, _rounds, counter + Vector128.Create(0u, 0, 0, (uint)whole / 16), tail, opened, (rest + 15) / 16);
                Buffer.MemoryCopy(opened, destination + whole, rest, rest);
                ClearTail(opened);
            }

            if (whole > 0)
            {
                hash = GcmRounds<T>.OpenChunks(_keys, _rounds, Power(8), counter, source, destination, whole, hash);
            }

            // One comparison of all 16 bytes: its time does not tell where they differ.
            if ((Finish(hash, null, tail, rest, aad.Length, ciphertext.Length) ^ mask) == expected)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadTail(byte* source, int length, byte* tail)
    {
        ClearTail(tail);
        Buffer.MemoryCopy(source, tail, length, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ClearTail(byte* tail)
    {
        Vector512<byte>.Zero.Store(tail);
        Vector512<byte>.Zero.Store(tail + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Power(int exponent) => _powers + (GHash<T>.PowerCount - exponent) * 16;

    // Up to 17 blocks share one reduction.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<ulong> AbsorbAad(byte* aad, int length)
    {
        var hash = Vector128<ulong>.Zero;
        while (length > 0)
        {
            var blocks = Math.Min((length + 15) / 16, GHash<T>.PowerCount);
            var whole = Math.Min(length / 16, blocks);
            var power = Power(blocks);
            Vector128<ulong> low = default, cross = default, high = default;
            for (var i = 0; i < blocks; i++)
            {
                var block = i < whole ? Vector128.Load(aad + i * 16) : LoadPart(aad + i * 16, length - i * 16);
                GHash<T>.AddProduct(GHash<T>.Reverse(block) ^ hash, power + i * 16, ref low, ref cross, ref high);
                hash = default;
            }

            hash = GHash<T>.Reduce(low, cross, high);
            aad += blocks * 16;
            length -= blocks * 16;
        }

        return hash;
    }

    /// <summary>1 to 15 bytes, and zeros behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LoadPart(byte* source, int length)
    {
        if (length >= 8)
        {
            return Vector128.Create(*(ulong*)source, *(ulong*)(source + length - 8) >> (8 * (15 - length)) >> 8).AsByte();
        }

        var word = length >= 4
            ? *(uint*)source | (ulong)*(uint*)(source + length - 4) << (8 * (length - 4))
            : source[0] | (ulong)source[length / 2] << (8 * (length / 2)) | (ulong)source[length - 1] << (8 * (length - 1));
        return Vector128.CreateScalar(word).AsByte();
    }

    // A last chunk if there is one, the rest, padded with zeros, and the block of both lengths in bits (§7.1 step 5) share one reduction.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<byte> Finish(Vector128<ulong> hash, byte* last, byte* tail, int rest, int aadLength, int textLength)
    {
        var blocks = (rest + 15) / 16;
        var lengths = Vector128.Create((ulong)textLength * 8, (ulong)aadLength * 8);
        Vector128<ulong> low = default, cross = default, high = default;
        if (last is not null)
        {
            T.Multiply8(hash, last, Power(8 + blocks + 1), out low, out cross, out high);
            GHash<T>.AddProducts(tail, Power(blocks + 1), blocks, ref low, ref cross, ref high);
        }
        else if (blocks > 0)
        {
            GHash<T>.AddProduct(GHash<T>.Reverse(Vector128.Load(tail)) ^ hash, Power(blocks + 1), ref low, ref cross, ref high);
            GHash<T>.AddProducts(tail + 16, Power(blocks), blocks - 1, ref low, ref cross, ref high);
        }
        else
        {
            lengths ^= hash;
        }

        GHash<T>.AddProduct(lengths, Power(1), ref low, ref cross, ref high);
        return GHash<T>.Reverse(GHash<T>.Reduce(low, cross, high).AsByte()).AsByte();
    }
}
