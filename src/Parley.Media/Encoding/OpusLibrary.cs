using System.Reflection;
using System.Runtime.InteropServices;

namespace Parley.Media;

/// <summary>The system's libopus, looked for when it is first needed.</summary>
internal static partial class OpusLibrary
{
    public const int SetBitrate = 4002;
    public const int SetComplexity = 4010;
    public const int SetInbandFec = 4012;
    public const int SetPacketLossPercentage = 4014;
    public const int SetDtx = 4016;

    private const string Name = "opus";

    private static readonly string[] Candidates =
    [
        "libopus.so.0", "libopus.so", "opus.dll", "libopus.dll", "libopus-0.dll", "libopus.0.dylib", "libopus.dylib",
        "/opt/homebrew/lib/libopus.0.dylib",
    ];
    private static readonly nint Handle = Load();

    /// <summary>Whether libopus was found.</summary>
    public static bool IsPresent => Handle != 0;

    /// <summary>Says how to install libopus when it is not there.</summary>
    /// <exception cref="NotSupportedException">libopus was not found.</exception>
    public static void Require()
    {
        if (!IsPresent)
        {
            throw new NotSupportedException(
                "Opus needs libopus, which was not found. Install it: Debian and Ubuntu \"apt install libopus0\", "
                + "Fedora \"dnf install opus\", Alpine \"apk add opus\", macOS \"brew install opus\"; "
                + "on Windows put opus.dll beside the program.");
        }
    }

    /// <summary>Sets an option of an encoder.</summary>
    public static void Set(OpusEncoderHandle encoder, int request, int value)
    {
        // opus_encoder_ctl is variadic. Apple's ABI for ARM64 passes variadic arguments on the stack alone: six more fill the registers.
        var result = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? EncoderControlOnStack(encoder, request, 0, 0, 0, 0, 0, 0, value)
            : EncoderControl(encoder, request, value);
        Check(result);
    }

    /// <summary>Turns a negative result into an exception.</summary>
    public static int Check(int result) =>
        result >= 0 ? result : throw new InvalidDataException($"libopus: {Marshal.PtrToStringUTF8(ErrorText(result))} ({result}).");

    [LibraryImport(Name, EntryPoint = "opus_encoder_create")]
    public static partial OpusEncoderHandle CreateEncoder(int sampleRate, int channels, int application, out int error);

    [LibraryImport(Name, EntryPoint = "opus_encoder_destroy")]
    public static partial void DestroyEncoder(nint encoder);

    [LibraryImport(Name, EntryPoint = "opus_encode")]
    public static partial int Encode(OpusEncoderHandle encoder, ReadOnlySpan<short> samples, int frameSize, Span<byte> packet, int maximum);

    [LibraryImport(Name, EntryPoint = "opus_decoder_create")]
    public static partial OpusDecoderHandle CreateDecoder(int sampleRate, int channels, out int error);

    [LibraryImport(Name, EntryPoint = "opus_decoder_destroy")]
    public static partial void DestroyDecoder(nint decoder);

    [LibraryImport(Name, EntryPoint = "opus_decode")]
    public static partial int Decode(
        OpusDecoderHandle decoder, ReadOnlySpan<byte> packet, int length, Span<short> samples, int frameSize, int decodeFec);

    [LibraryImport(Name, EntryPoint = "opus_encoder_ctl")]
    private static partial int EncoderControl(OpusEncoderHandle encoder, int request, int value);

    [LibraryImport(Name, EntryPoint = "opus_encoder_ctl")]
    private static partial int EncoderControlOnStack(
        OpusEncoderHandle encoder, int request, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint value);

    [LibraryImport(Name, EntryPoint = "opus_strerror")]
    private static partial nint ErrorText(int error);

    private static nint Load()
    {
        nint handle = 0;
        foreach (var candidate in Candidates)
        {
            if (NativeLibrary.TryLoad(candidate, typeof(OpusLibrary).Assembly, null, out handle))
            {
                break;
            }
        }

        NativeLibrary.SetDllImportResolver(typeof(OpusLibrary).Assembly, Resolve);
        return handle;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? Handle : 0;
}
