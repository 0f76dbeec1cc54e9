using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Parley.Ciphers;

/// <summary>
/// HMAC-SHA1 (RFC 2104) of several messages at once, as many as there are lanes. A message's whole blocks are read where they lie; its end
/// and the outer hash take two or three blocks more.
/// </summary>
internal static unsafe class HmacSha1Batch<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    private const int BlockLength = Sha1Lanes<TVector, TLanes>.BlockLength;
    private const int StateLength = Sha1Lanes<TVector, TLanes>.StateLength;
    private const int TailLength = 2 * BlockLength;
    private const int LengthLength = 8;
    private const int Alignment = 64;

    private enum Stage
    {
        Body,
        Tail,
        Outer,
        Done,
    }

    /// <summary>
    /// Writes the states of SHA-1 after the two blocks that a key, padded to 64 bytes, begins the inner and the outer hash with.
    /// </summary>
    [SkipLocalsInit]
    public static void Begin(ReadOnlySpan<byte> key, uint* inner, uint* outer)
    {
        var pads = stackalloc byte[2 * BlockLength];
        var states = stackalloc uint[StateLength * TLanes.Count];
        var schedule = stackalloc uint[Sha1Lanes<TVector, TLanes>.ScheduleLength * TLanes.Count];
        var messages = stackalloc byte*[TLanes.Count];
        for (var i = 0; i < BlockLength; i++)
        {
            pads[i] = (byte)(key[i] ^ 0x36);
            pads[BlockLength + i] = (byte)(key[i] ^ 0x5C);
        }

        // FIPS 180-4 §5.3.1.
        var start = stackalloc uint[StateLength] { 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0 };
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            messages[lane] = lane == 1 ? pads + BlockLength : pads;
            SetState(states, lane, start);
        }

        Sha1Lanes<TVector, TLanes>.Compress(states, messages, 1, schedule);
        for (var i = 0; i < StateLength; i++)
        {
            inner[i] = states[i * TLanes.Count];
            outer[i] = states[i * TLanes.Count + 1];
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(pads, 2 * BlockLength));
        CryptographicOperations.ZeroMemory(new Span<byte>(states, StateLength * TLanes.Count * sizeof(uint)));
        CryptographicOperations.ZeroMemory(
            new Span<byte>(schedule, Sha1Lanes<TVector, TLanes>.ScheduleLength * TLanes.Count * sizeof(uint)));
    }

    /// <summary>Writes the hash of each message, 20 bytes after 20 bytes; at least one message, and no more than there are lanes.</summary>
    [SkipLocalsInit]
    public static void Compute(byte* buffer, ReadOnlySpan<MessageRange> ranges, Span<byte> hashes, uint* inner, uint* outer)
    {
        var lanes = TLanes.Count;
        var scratch = stackalloc byte[(Sha1Lanes<TVector, TLanes>.ScheduleLength + StateLength) * lanes * sizeof(uint) + Alignment];
        var schedule = (uint*)(((nuint)scratch + Alignment - 1) & ~(nuint)(Alignment - 1));
        var states = schedule + Sha1Lanes<TVector, TLanes>.ScheduleLength * lanes;
        var tails = stackalloc byte[TailLength * lanes];
        var messages = stackalloc byte*[lanes];
        var left = stackalloc int[lanes];
        var stages = stackalloc Stage[lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            (left[lane], stages[lane]) = (int.MaxValue, Stage.Done);
            SetState(states, lane, inner);
            if (lane < ranges.Length)
            {
                messages[lane] = buffer + ranges[lane].Offset;
                (left[lane], stages[lane]) = (ranges[lane].Length / BlockLength, Stage.Body);
                if (left[lane] == 0)
                {
                    StartTail(ranges[lane].Length, tails + lane * TailLength, ref messages[lane], ref left[lane]);
                    stages[lane] = Stage.Tail;
                }
            }
        }

        while (true)
        {
            var (count, busy) = (int.MaxValue, 0);
            for (var lane = 0; lane < lanes; lane++)
            {
                if (left[lane] <= count)
                {
                    (count, busy) = (left[lane], lane);
                }
            }

            if (count == int.MaxValue)
            {
                break;
            }

            for (var lane = 0; lane < lanes; lane++)
            {
                // A lane without a message goes along with one that has some.
                messages[lane] = stages[lane] == Stage.Done ? messages[busy] : messages[lane];
            }

            Sha1Lanes<TVector, TLanes>.Compress(states, messages, count, schedule);
            for (var lane = 0; lane < ranges.Length; lane++)
            {
                if (stages[lane] == Stage.Done)
                {
                    continue;
                }

                messages[lane] += count * BlockLength;
                left[lane] -= count;
                if (left[lane] == 0)
                {
                    var tail = tails + lane * TailLength;
                    switch (stages[lane])
                    {
                        case Stage.Body:
                            StartTail(ranges[lane].Length, tail, ref messages[lane], ref left[lane]);
                            break;
                        case Stage.Tail:
                            StartOuter(states, lane, outer, tail);
                            messages[lane] = tail;
                            left[lane] = 1;
                            break;
                        default:
                            ReadState(states, lane, hashes[(lane * HmacSha1.HashLength)..]);
                            left[lane] = int.MaxValue;
                            break;
                    }

                    stages[lane]++;
                }
            }
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(states, StateLength * lanes * sizeof(uint)));
        CryptographicOperations.ZeroMemory(new Span<byte>(tails, TailLength * lanes));
    }

    // FIPS 180-4 §5.1.1: the rest of the message, a one, zeros, and the length in bits, that of the key's block included.
    private static void StartTail(int length, byte* tail, ref byte* message, ref int left)
    {
        var rest = length % BlockLength;
        left = rest + 1 + LengthLength <= BlockLength ? 1 : 2;
        var bytes = new Span<byte>(tail, left * BlockLength);
        bytes.Clear();
        new ReadOnlySpan<byte>(message, rest).CopyTo(bytes);
        bytes[rest] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[^LengthLength..], 8 * (ulong)(BlockLength + length));
        message = tail;
    }

    private static void StartOuter(uint* states, int lane, uint* outer, byte* tail)
    {
        var bytes = new Span<byte>(tail, BlockLength);
        bytes.Clear();
        ReadState(states, lane, bytes);
        bytes[HmacSha1.HashLength] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[^LengthLength..], 8 * (BlockLength + HmacSha1.HashLength));
        SetState(states, lane, outer);
    }

    private static void SetState(uint* states, int lane, uint* words)
    {
        for (var i = 0; i < StateLength; i++)
        {
            states[i * TLanes.Count + lane] = words[i];
        }
    }

    private static void ReadState(uint* states, int lane, Span<byte> hash)
    {
        for (var i = 0; i < StateLength; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash[(4 * i)..], states[i * TLanes.Count + lane]);
        }
    }
}
