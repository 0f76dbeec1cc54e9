using System.Runtime.ExceptionServices;

namespace Parley.Media;

/// <summary>Calls all handlers of an event, whatever one of them throws; what was thrown comes out when all have been called.</summary>
internal static class HandlerCalls
{
    public static void Raise(EventHandler? handlers, object sender)
    {
        List<Exception>? errors = null;
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(sender, EventArgs.Empty);
            }
            catch (Exception error)
            {
                (errors ??= []).Add(error);
            }
        }

        Throw(errors);
    }

    public static void Raise<TArgs>(EventHandler<TArgs>? handlers, object sender, TArgs args)
    {
        List<Exception>? errors = null;
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(sender, args);
            }
            catch (Exception error)
            {
                (errors ??= []).Add(error);
            }
        }

        Throw(errors);
    }

    /// <summary>Throws one error as it is, several as one.</summary>
    /// <exception cref="AggregateException">There are several.</exception>
    public static void Throw(List<Exception>? errors)
    {
        if (errors is null)
        {
            return;
        }

        if (errors.Count == 1)
        {
            ExceptionDispatchInfo.Throw(errors[0]);
        }

        throw new AggregateException(errors);
    }
}
