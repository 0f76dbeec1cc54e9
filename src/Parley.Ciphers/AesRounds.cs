using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Parley.Ciphers;

/// <summary>The AES block function and its key expansion (FIPS 197) over the processor's instructions.</summary>
internal static unsafe class AesRounds<T>
    where T : struct, IInstructions
{
    /// <summary>The most bytes an expanded key takes: 15 round keys.</summary>
    public const int MaxExpandedLength = 15 * 16;

    /// <summary>Writes the round keys and answers the number of rounds: 10, 12 or 14 (FIPS 197 §5.2).</summary>
    public static int Expand(ReadOnlySpan<byte> key, byte* expanded)
    {
        var words = new Span<uint>(expanded, MaxExpandedLength / 4);
        var keyWords = key.Length / 4;
        var rounds = keyWords + 6;
        for (var i = 0; i < keyWords; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * 4)..]);
        }

        var constant = 1u;
        for (var i = keyWords; i < 4 * (rounds + 1); i++)
        {
            var word = words[i - 1];
            if (i % keyWords == 0)
            {
                word = SubstituteWord(uint.RotateRight(word, 8)) ^ constant;
                constant = (constant << 1) ^ (constant >> 7) * 0x11B;
            }
            else if (keyWords == 8 && i % 8 == 4)
            {
                word = SubstituteWord(word);
            }

            words[i] = words[i - keyWords] ^ word;
        }

        return rounds;
    }

    /// <summary>One block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Encrypt(byte* keys, int rounds, Vector128<byte> block)
    {
        block ^= Vector128.Load(keys);
        for (var i = 1; i < rounds; i++)
        {
            block = T.Round(block, Vector128.Load(keys + i * 16));
        }

        return T.LastRound(block, Vector128.Load(keys + rounds * 16));
    }

    /// <summary>
    /// Eight blocks of the key stream from <paramref name="counter"/> on, added to what is at <paramref name="source"/>. The counter
    /// is the block with its last word in the machine's order.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transform8(byte* keys, int rounds, Vector128<uint> counter, byte* source, byte* destination)
    {
        Start8(keys, counter, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
        for (var i = 1; i < rounds; i++)
        {
            Round8(keys + i * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        }

        Finish8(keys + rounds * 16, source, destination, b0, b1, b2, b3, b4, b5, b6, b7);
    }

    /// <summary><see cref="Transform8"/> of as many blocks as a text's end has, of 1 to 8: half of them where half suffices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransformEnd(byte* keys, int rounds, Vector128<uint> counter, byte* source, byte* destination, int blocks)
    {
        if (blocks > 4)
        {
            Transform8(keys, rounds, counter, source, destination);
            return;
        }

        var key = Vector128.Load(keys);
        var b0 = Block(counter) ^ key;
        var b1 = Block(counter + Vector128.Create(0u, 0, 0, 1)) ^ key;
        var b2 = Block(counter + Vector128.Create(0u, 0, 0, 2)) ^ key;
        var b3 = Block(counter + Vector128.Create(0u, 0, 0, 3)) ^ key;
        for (var i = 1; i < rounds; i++)
        {
            key = Vector128.Load(keys + i * 16);
            b0 = T.Round(b0, key);
            b1 = T.Round(b1, key);
            b2 = T.Round(b2, key);
            b3 = T.Round(b3, key);
        }

        key = Vector128.Load(keys + rounds * 16);
        (T.LastRound(b0, key) ^ Vector128.Load(source)).Store(destination);
        (T.LastRound(b1, key) ^ Vector128.Load(source + 16)).Store(destination + 16);
        (T.LastRound(b2, key) ^ Vector128.Load(source + 32)).Store(destination + 32);
        (T.LastRound(b3, key) ^ Vector128.Load(source + 48)).Store(destination + 48);
    }

    /// <summary>The first AddRoundKey of eight counter blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Start8(
        byte* keys, Vector128<uint> counter,
        out Vector128<byte> b0, out Vector128<byte> b1, out Vector128<byte> b2, out Vector128<byte> b3,
        out Vector128<byte> b4, out Vector128<byte> b5, out Vector128<byte> b6, out Vector128<byte> b7)
    {
        var key = Vector128.Load(keys);
        b0 = Block(counter) ^ key;
        b1 = Block(counter + Vector128.Create(0u, 0, 0, 1)) ^ key;
        b2 = Block(counter + Vector128.Create(0u, 0, 0, 2)) ^ key;
        b3 = Block(counter + Vector128.Create(0u, 0, 0, 3)) ^ key;
        b4 = Block(counter + Vector128.Create(0u, 0, 0, 4)) ^ key;
        b5 = Block(counter + Vector128.Create(0u, 0, 0, 5)) ^ key;
        b6 = Block(counter + Vector128.Create(0u, 0, 0, 6)) ^ key;
        b7 = Block(counter + Vector128.Create(0u, 0, 0, 7)) ^ key;
    }

    /// <summary>One round of eight blocks: independent chains keep the AES units busy through the latency of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round8(
        byte* roundKey,
        ref Vector128<byte> b0, ref Vector128<byte> b1, ref Vector128<byte> b2, ref Vector128<byte> b3,
        ref Vector128<byte> b4, ref Vector128<byte> b5, ref Vector128<byte> b6, ref Vector128<byte> b7)
    {
        var key = Vector128.Load(roundKey);
        b0 = T.Round(b0, key);
        b1 = T.Round(b1, key);
        b2 = T.Round(b2, key);
        b3 = T.Round(b3, key);
        b4 = T.Round(b4, key);
        b5 = T.Round(b5, key);
        b6 = T.Round(b6, key);
        b7 = T.Round(b7, key);
    }

    /// <summary>The last round of eight blocks, and their addition to the text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish8(
        byte* roundKey, byte* source, byte* destination,
        Vector128<byte> b0, Vector128<byte> b1, Vector128<byte> b2, Vector128<byte> b3,
        Vector128<byte> b4, Vector128<byte> b5, Vector128<byte> b6, Vector128<byte> b7)
    {
        var key = Vector128.Load(roundKey);
        (T.LastRound(b0, key) ^ Vector128.Load(source)).Store(destination);
        (T.LastRound(b1, key) ^ Vector128.Load(source + 16)).Store(destination + 16);
        (T.LastRound(b2, key) ^ Vector128.Load(source + 32)).Store(destination + 32);
        (T.LastRound(b3, key) ^ Vector128.Load(source + 48)).Store(destination + 48);
        (T.LastRound(b4, key) ^ Vector128.Load(source + 64)).Store(destination + 64);
        (T.LastRound(b5, key) ^ Vector128.Load(source + 80)).Store(destination + 80);
        (T.LastRound(b6, key) ^ Vector128.Load(source + 96)).Store(destination + 96);
        (T.LastRound(b7, key) ^ Vector128.Load(source + 112)).Store(destination + 112);
    }

    /// <summary>Between a counter (its last word in the machine's order) and the block it stands for, either way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Block(Vector128<uint> counter) =>
        Vector128.Shuffle(counter.AsByte(), Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 14, 13, 12));

    // With four equal columns ShiftRows changes nothing, so the last round with a key of zero is SubBytes: no table, constant time.
    private static uint SubstituteWord(uint word) =>
        T.LastRound(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();
}
