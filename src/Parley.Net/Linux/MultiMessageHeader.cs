using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary><c>struct mmsghdr</c> of sendmmsg(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessageHeader
{
    internal MessageHeader Header;
    internal uint Length;
}
