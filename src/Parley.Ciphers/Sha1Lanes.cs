using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Parley.Ciphers;

/// <summary>
/// The compression function of SHA-1 (FIPS 180-4 §6.1.2) over several messages side by side, a word of each in one vector. Nothing depends
/// on what the words are: no table, no branch.
/// </summary>
internal static unsafe class Sha1Lanes<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockLength = 64;

    /// <summary>Words in a state.</summary>
    public const int StateLength = 5;

    /// <summary>Words of the message schedule.</summary>
    public const int ScheduleLength = 80;

    /// <summary>
    /// Takes <paramref name="count"/> blocks of each message into its state. State and schedule lie word by word, each word of all lanes
    /// together; the schedule is scratch.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(uint* state, byte** messages, int count, uint* schedule)
    {
        var lanes = TLanes.Count;
        var a = TLanes.Load(state);
        var b = TLanes.Load(state + lanes);
        var c = TLanes.Load(state + 2 * lanes);
        var d = TLanes.Load(state + 3 * lanes);
        var e = TLanes.Load(state + 4 * lanes);
        for (var block = 0; block < count; block++)
        {
            LoadBlock(messages, block * BlockLength, schedule);
            var (a0, b0, c0, d0, e0) = (a, b, c, d, e);
            var words = schedule;
            var constant = TLanes.Broadcast(0x5A827999);
            for (var i = 0; i < 3; i++, words += 5 * lanes)
            {
                Step(a, ref b, TLanes.Choose(b, c, d), ref e, constant, TLanes.Load(words));
                Step(e, ref a, TLanes.Choose(a, b, c), ref d, constant, TLanes.Load(words + lanes));
                Step(d, ref e, TLanes.Choose(e, a, b), ref c, constant, TLanes.Load(words + 2 * lanes));
                Step(c, ref d, TLanes.Choose(d, e, a), ref b, constant, TLanes.Load(words + 3 * lanes));
                Step(b, ref c, TLanes.Choose(c, d, e), ref a, constant, TLanes.Load(words + 4 * lanes));
            }

            Step(a, ref b, TLanes.Choose(b, c, d), ref e, constant, TLanes.Load(words));
            Step(e, ref a, TLanes.Choose(a, b, c), ref d, constant, Expand(words + lanes));
            Step(d, ref e, TLanes.Choose(e, a, b), ref c, constant, Expand(words + 2 * lanes));
            Step(c, ref d, TLanes.Choose(d, e, a), ref b, constant, Expand(words + 3 * lanes));
            Step(b, ref c, TLanes.Choose(c, d, e), ref a, constant, Expand(words + 4 * lanes));
            words += 5 * lanes;

            constant = TLanes.Broadcast(0x6ED9EBA1);
            for (var i = 0; i < 4; i++, words += 5 * lanes)
            {
                Step(a, ref b, TLanes.Parity(b, c, d), ref e, constant, Expand(words));
                Step(e, ref a, TLanes.Parity(a, b, c), ref d, constant, Expand(words + lanes));
                Step(d, ref e, TLanes.Parity(e, a, b), ref c, constant, Expand(words + 2 * lanes));
                Step(c, ref d, TLanes.Parity(d, e, a), ref b, constant, Expand(words + 3 * lanes));
                Step(b, ref c, TLanes.Parity(c, d, e), ref a, constant, Expand(words + 4 * lanes));
            }

            constant = TLanes.Broadcast(0x8F1BBCDC);
            for (var i = 0; i < 4; i++, words += 5 * lanes)
            {
                Step(a, ref b, TLanes.Majority(b, c, d), ref e, constant, Expand(words));
                Step(e, ref a, TLanes.Majority(a, b, c), ref d, constant, Expand(words + lanes));
                Step(d, ref e, TLanes.Majority(e, a, b), ref c, constant, Expand(words + 2 * lanes));
                Step(c, ref d, TLanes.Majority(d, e, a), ref b, constant, Expand(words + 3 * lanes));
                Step(b, ref c, TLanes.Majority(c, d, e), ref a, constant, Expand(words + 4 * lanes));
            }

            constant = TLanes.Broadcast(0xCA62C1D6);
            for (var i = 0; i < 4; i++, words += 5 * lanes)
            {
                Step(a, ref b, TLanes.Parity(b, c, d), ref e, constant, Expand(words));
                Step(e, ref a, TLanes.Parity(a, b, c), ref d, constant, Expand(words + lanes));
                Step(d, ref e, TLanes.Parity(e, a, b), ref c, constant, Expand(words + 2 * lanes));
                Step(c, ref d, TLanes.Parity(d, e, a), ref b, constant, Expand(words + 3 * lanes));
                Step(b, ref c, TLanes.Parity(c, d, e), ref a, constant, Expand(words + 4 * lanes));
            }

            (a, b, c, d, e) = (TLanes.Add(a, a0), TLanes.Add(b, b0), TLanes.Add(c, c0), TLanes.Add(d, d0), TLanes.Add(e, e0));
        }

        TLanes.Store(a, state);
        TLanes.Store(b, state + lanes);
        TLanes.Store(c, state + 2 * lanes);
        TLanes.Store(d, state + 3 * lanes);
        TLanes.Store(e, state + 4 * lanes);
    }

    /// <summary>One step; instead of all five words moving on, the next step names them anew.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(TVector a, ref TVector b, TVector function, ref TVector e, TVector constant, TVector word)
    {
        e = TLanes.Add(TLanes.Add(TLanes.Add(e, word), TLanes.Add(function, constant)), TLanes.RotateLeft5(a));
        b = TLanes.RotateLeft30(b);
    }

    /// <summary>The next word of the schedule, which is written where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Expand(uint* word)
    {
        var lanes = TLanes.Count;
        var sum = TLanes.Parity(TLanes.Load(word - 16 * lanes), TLanes.Load(word - 14 * lanes), TLanes.Load(word - 8 * lanes));
        var expanded = TLanes.RotateLeft1(TLanes.Sum(sum, TLanes.Load(word - 3 * lanes)));
        TLanes.Store(expanded, word);
        return expanded;
    }

    /// <summary>A block of each message, its big-endian words in the machine's order, turned so that equal words lie together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadBlock(byte** messages, int offset, uint* schedule)
    {
        var lanes = TLanes.Count;
        for (var lane = 0; lane < lanes; lane += 4)
        {
            var p0 = messages[lane] + offset;
            var p1 = messages[lane + 1] + offset;
            var p2 = messages[lane + 2] + offset;
            var p3 = messages[lane + 3] + offset;
            var destination = schedule + lane;
            for (var at = 0; at < BlockLength; at += 16, destination += 4 * lanes)
            {
                var (r0, r1, r2, r3) = (Words(p0 + at), Words(p1 + at), Words(p2 + at), Words(p3 + at));
                var (even, odd) = (Low(r0, r1), Low(r2, r3));
                LowHalves(even, odd).Store(destination);
                HighHalves(even, odd).Store(destination + lanes);
                (even, odd) = (High(r0, r1), High(r2, r3));
                LowHalves(even, odd).Store(destination + 2 * lanes);
                HighHalves(even, odd).Store(destination + 3 * lanes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Words(byte* bytes) =>
        Vector128.Shuffle(Vector128.Load(bytes), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Low(Vector128<uint> left, Vector128<uint> right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left, right) : AdvSimd.Arm64.ZipLow(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> High(Vector128<uint> left, Vector128<uint> right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left, right) : AdvSimd.Arm64.ZipHigh(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> LowHalves(Vector128<uint> left, Vector128<uint> right) =>
        Sse2.IsSupported
            ? Sse2.UnpackLow(left.AsUInt64(), right.AsUInt64()).AsUInt32()
            : AdvSimd.Arm64.ZipLow(left.AsUInt64(), right.AsUInt64()).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> HighHalves(Vector128<uint> left, Vector128<uint> right) =>
        Sse2.IsSupported
            ? Sse2.UnpackHigh(left.AsUInt64(), right.AsUInt64()).AsUInt32()
            : AdvSimd.Arm64.ZipHigh(left.AsUInt64(), right.AsUInt64()).AsUInt32();
}
