using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary><c>struct msghdr</c> of recvmsg(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    internal byte* Name;
    internal uint NameLength;
    internal BufferVector* Buffers;
    internal nuint BufferCount;
    internal byte* Control;
    internal nuint ControlLength;
    internal int Flags;
}
