using Microsoft.Win32.SafeHandles;

namespace Parley.Media;

/// <summary>An encoder's state within libopus.</summary>
internal sealed class OpusEncoderHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        OpusLibrary.DestroyEncoder(handle);
        return true;
    }
}
