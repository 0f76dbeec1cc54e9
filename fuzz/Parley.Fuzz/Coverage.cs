using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Parley.Fuzz;

/// <summary>
/// The counters that instrumented code raises, one for each pair of places that follow each other, and what of them was seen before.
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16;
    private static readonly byte* Map = Allocate();
    private readonly byte[] _seen = new byte[Size];

    /// <summary>How many counters have been seen at all.</summary>
    public int Count { get; private set; }

    /// <summary>Before an input.</summary>
    public static void Clear()
    {
        new Span<byte>(Map, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>After an input: whether it did what none before it has done.</summary>
    public bool TakeNew()
    {
        var isNew = false;
        var words = MemoryMarshal.Cast<byte, ulong>(new Span<byte>(Map, Size));
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] == 0)
            {
                continue;
            }

            for (var index = 8 * word; index < 8 * word + 8; index++)
            {
                var bucket = Bucket(Map[index]);
                if ((bucket & ~_seen[index]) != 0)
                {
                    Count += _seen[index] == 0 ? 1 : 0;
                    _seen[index] |= bucket;
                    isNew = true;
                }
            }
        }

        return isNew;
    }

    // How often, roughly: once, twice, up to 3, 7, 15, 31, 127, more.
    private static byte Bucket(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };

    private static byte* Allocate()
    {
        var map = (byte*)NativeMemory.AllocZeroed(Size);
        Trace.SharedMem = map;
        return map;
    }
}
