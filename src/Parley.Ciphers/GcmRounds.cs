using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Parley.Ciphers;

/// <summary>AES rounds interleaved with GHASH, one block of each to an instruction.</summary>
internal static unsafe class GcmRounds<T>
    where T : struct, IInstructions
{
    private const int ChunkLength = 8 * 16;

    /// <summary>
    /// Encrypts whole chunks of eight blocks, at least one, and answers the hash over all but the last of them. In a method of its own,
    /// where the compiler has all registers for the loop; compiled well at once, since the first calls come before anything is known to be
    /// hot.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static Vector128<ulong> SealChunks(
        byte* keys, int rounds, byte* powers, Vector128<uint> counter, byte* source, byte* destination, int length, Vector128<ulong> state)
    {
        // The hash runs one chunk behind, for it needs the ciphertext.
        AesRounds<T>.Transform8(keys, rounds, counter, source, destination);
        for (var end = source + length; (source += ChunkLength) < end;)
        {
            counter += Vector128.Create(0u, 0, 0, 8);
            state = T.TransformAndAbsorb8(keys, rounds, counter, source, destination + ChunkLength, state, destination, powers);
            destination += ChunkLength;
        }

        return state;
    }

    /// <summary>Decrypts whole chunks of eight blocks and answers the hash over them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static Vector128<ulong> OpenChunks(
        byte* keys, int rounds, byte* powers, Vector128<uint> counter, byte* source, byte* destination, int length, Vector128<ulong> state)
    {
        for (var end = source + length; source < end; source += ChunkLength)
        {
            state = T.TransformAndAbsorb8(keys, rounds, counter, source, destination, state, source, powers);
            counter += Vector128.Create(0u, 0, 0, 8);
            destination += ChunkLength;
        }

        return state;
    }

    /// <summary>What <see cref="IInstructions.TransformAndAbsorb8"/> says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> TransformAndAbsorb8(
        byte* keys, int rounds, Vector128<uint> counter, byte* source, byte* destination, Vector128<ulong> state, byte* blocks,
        byte* powers)
    {
        AesRounds<T>.Start8(keys, counter, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
        var low = Vector128<ulong>.Zero;
        var cross = Vector128<ulong>.Zero;
        var high = Vector128<ulong>.Zero;

        // A hash block to each of the first eight rounds; the first block, which waits for the state, comes last.
        for (var i = 16; i < 8 * 16; i += 16)
        {
            AesRounds<T>.Round8(keys + i, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            var block = GHash<T>.Reverse(Vector128.Load(blocks + i));
            var power = Vector128.Load(powers + i).AsUInt64();
            low ^= T.MultiplyLow(block, power);
            cross ^= T.MultiplyCross(block, power);
            high ^= T.MultiplyHigh(block, power);
        }

        AesRounds<T>.Round8(keys + 8 * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        var first = GHash<T>.Reverse(Vector128.Load(blocks)) ^ state;
        var firstPower = Vector128.Load(powers).AsUInt64();
        low ^= T.MultiplyLow(first, firstPower);
        cross ^= T.MultiplyCross(first, firstPower);
        high ^= T.MultiplyHigh(first, firstPower);
        for (var i = 9; i < rounds; i++)
        {
            AesRounds<T>.Round8(keys + i * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        }

        state = GHash<T>.Reduce(low, cross, high);
        AesRounds<T>.Finish8(keys + rounds * 16, source, destination, b0, b1, b2, b3, b4, b5, b6, b7);
        return state;
    }
}
