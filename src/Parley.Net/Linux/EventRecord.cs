using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary>Entries of <c>struct epoll_event</c> (epoll_ctl(2)): packed on x86, aligned elsewhere.</summary>
internal static unsafe class EventRecord
{
    /// <summary>The most bytes one entry takes.</summary>
    internal const int MaxLength = 16;

    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    /// <summary>Bytes of one entry.</summary>
    internal static int Length => IsPacked ? 12 : 16;

    private static int DataOffset => IsPacked ? 4 : 8;

    /// <summary>Writes an entry.</summary>
    internal static void Write(byte* entry, uint events, long data)
    {
        Unsafe.WriteUnaligned(entry, events);
        Unsafe.WriteUnaligned(entry + DataOffset, data);
    }

    /// <summary>What was given with the entry.</summary>
    internal static long Data(byte* entry) => Unsafe.ReadUnaligned<long>(entry + DataOffset);
}
