using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary><c>struct cmsghdr</c> of cmsg(3).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ControlHeader
{
    internal nuint Length;
    internal int Level;
    internal int Type;

    /// <summary>The room one message with this much data takes, <c>CMSG_SPACE</c>.</summary>
    internal static int Space(int dataLength) => sizeof(ControlHeader) + Align(dataLength);

    internal static int Align(int length) => (length + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1);

    /// <summary>Writes one message and returns the room it took.</summary>
    internal static int Write<T>(byte* destination, int level, int type, T value)
        where T : unmanaged
    {
        var header = (ControlHeader*)destination;
        header->Length = (nuint)(sizeof(ControlHeader) + sizeof(T));
        header->Level = level;
        header->Type = type;
        *(T*)(header + 1) = value;
        return Space(sizeof(T));
    }
}
