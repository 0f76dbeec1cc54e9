using Microsoft.Win32.SafeHandles;

namespace Parley.Media;

/// <summary>A decoder's state within libopus.</summary>
internal sealed class OpusDecoderHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        OpusLibrary.DestroyDecoder(handle);
        return true;
    }
}
