"""平台网址."""

from django.urls import path

from kechuang.services.platforms import views

urlpatterns = [path("platforms/<int:pk>/contact/", views.contact, name="platform_contact")]
